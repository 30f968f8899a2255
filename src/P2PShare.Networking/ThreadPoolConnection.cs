using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using P2PShare.Networking.Linux;

namespace P2PShare.Networking;

/// <summary>
/// A socket whose waits end on the thread pool, so that the code behind it may block. On Linux, files go through sendfile(2).
/// </summary>
internal sealed class ThreadPoolConnection(Socket socket) : SocketConnection(socket)
{
    private readonly Socket _socket = socket;

    public override Stream Stream { get; } = new NetworkStream(socket, ownsSocket: true);

    public override ValueTask<long> SendFileAsync(SafeFileHandle file, long offset, long length, CancellationToken cancellation) =>
        Platform.UsesLinuxCalls
            ? SendFile.SendAsync(_socket, file, offset, length, cancellation)
            : base.SendFileAsync(file, offset, length, cancellation);
}
