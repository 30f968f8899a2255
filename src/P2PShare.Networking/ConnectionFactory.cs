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
    public static ConnectionFactory ForEventLoops() => new(Platform.UsesLinuxCalls ? new EventLoopGroup() : null);

    /// <param name="socket">Connected; the connection owns it, unless this throws.</param>
    /// <exception cref="IOException">The kernel has no room for it.</exception>
    /// <exception cref="SocketException">The connection is already gone.</exception>
    /// <exception cref="ObjectDisposedException">The event loops have ended.</exception>
    public Connection Create(Socket socket) => Platform.UsesLinuxCalls && _eventLoops is { } loops
        ? new EventLoopConnection(socket, loops.Next())
        : new ThreadPoolConnection(socket);

    /// <summary>
    /// Measures for each event loop how long a socket that becomes ready now waits for its turn. Empty where there are no event loops.
    /// </summary>
    /// <param name="atMost">The result for a loop that takes longer.</param>
    public async Task<IReadOnlyList<TimeSpan>> MeasureLagsAsync(TimeSpan atMost) =>
        Platform.UsesLinuxCalls && _eventLoops is { } loops ? await loops.MeasureLagsAsync(atMost) : [];

    /// <summary>Ends the event loops. Connections that are still open then are no longer woken.</summary>
    public void Dispose()
    {
        if (Platform.UsesLinuxCalls)
            _eventLoops?.Dispose();
    }
}
