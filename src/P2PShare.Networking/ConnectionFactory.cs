using System.Net.Sockets;
using P2PShare.Networking.Linux;

namespace P2PShare.Networking;

/// <summary>
/// Makes connections of sockets, and so decides on which threads the code behind them runs. The choice between the Linux event loops
/// and their portable twin, the thread pool, is made here.
/// </summary>
public sealed class ConnectionFactory : IDisposable
{
    private readonly EventLoopGroup? _eventLoops;

    private ConnectionFactory(EventLoopGroup? eventLoops) => _eventLoops = eventLoops;

    /// <summary>Waits end on the thread pool, and the code behind them may block: for few connections with much work each.</summary>
    public static ConnectionFactory ForThreadPool() => new(null);

    /// <summary>
    /// Waits end on the thread that found the socket ready, and the code behind them must not block: for many connections with little
    /// work each. Without Linux system calls the same as <see cref="ForThreadPool"/>.
    /// </summary>
    /// <param name="measuresRounds">Whether <see cref="TakeLongestRounds"/> has results.</param>
    public static ConnectionFactory ForEventLoops(bool measuresRounds = false) =>
        new(Platform.UsesLinuxCalls ? new EventLoopGroup(measuresRounds) : null);

    /// <param name="socket">Connected; the connection owns it, unless this throws.</param>
    /// <exception cref="IOException">The kernel has no room for it.</exception>
    /// <exception cref="SocketException">The connection is already gone.</exception>
    /// <exception cref="ObjectDisposedException">The event loops have ended.</exception>
    public Connection Create(Socket socket) => Platform.UsesLinuxCalls && _eventLoops is { } loops
        ? new EventLoopConnection(socket, loops.Next())
        : new ThreadPoolConnection(socket);

    /// <summary>
    /// For each event loop, its longest round since the last call, which is how long a ready socket may have waited for it. Empty where
    /// there are no event loops.
    /// </summary>
    public IReadOnlyList<TimeSpan> TakeLongestRounds() =>
        Platform.UsesLinuxCalls && _eventLoops is { } loops ? loops.TakeLongestRounds() : [];

    /// <summary>Ends the event loops. Connections that are still open then are no longer woken.</summary>
    public void Dispose()
    {
        if (Platform.UsesLinuxCalls)
            _eventLoops?.Dispose();
    }
}
