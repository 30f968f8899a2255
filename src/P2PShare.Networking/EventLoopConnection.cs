using System.Net.Sockets;
using System.Runtime.Versioning;
using P2PShare.Networking.Linux;

namespace P2PShare.Networking;

/// <summary>A socket whose waits end on the thread of an <see cref="EventLoop"/>, which the code behind it must not keep.</summary>
[SupportedOSPlatform("linux")]
internal sealed class EventLoopConnection : SocketConnection
{
    private readonly PolledStream _stream;

    /// <param name="socket">Connected; owned from now on, unless this throws.</param>
    /// <param name="loop">Watches the socket.</param>
    /// <exception cref="IOException">The kernel has no room for it.</exception>
    /// <exception cref="ObjectDisposedException">The loop has ended.</exception>
    public EventLoopConnection(Socket socket, EventLoop loop)
        : base(socket) => _stream = new PolledStream(socket, loop);

    public override Stream Stream => _stream;

    public override ValueTask WaitForBatchAsync() => _stream.WaitForBatchAsync();

    public override ValueTask<bool> YieldAsync() => _stream.IsOnLoopThread ? _stream.YieldAsync() : base.YieldAsync();
}
