using System.Net;
using System.Net.Sockets;
using P2PShare.Networking.Linux;

namespace P2PShare.Networking;

/// <summary>A connection over a TCP socket. How it waits for the socket is left to the subclass.</summary>
internal abstract class SocketConnection(Socket socket) : Connection
{
    public override IPEndPoint Remote { get; } = Unmapped((IPEndPoint)socket.RemoteEndPoint!);

    public override void Abort()
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It ended at the same moment: there is nothing left to reset.
        }

        // Before the stream: a NetworkStream shuts its socket down first, and the FIN of that would be read as an orderly end.
        socket.Dispose();
        Stream.Dispose();
    }

    public override async ValueTask<int> PeekByteAsync(CancellationToken cancellation)
    {
        _ = await Stream.ReadAsync(Memory<byte>.Empty, cancellation);
        try
        {
            var first = new byte[1];
            return socket.Receive(first, SocketFlags.Peek) == 0 ? -1 : first[0];
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public override void LimitUnsent(int bytes)
    {
        try
        {
            TcpOptions.LimitUnsent(socket, bytes);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended, or the kernel does not know the option.
        }
    }

    public override int? UntakenBytes => Platform.UsesLinuxCalls ? SendQueue.BytesOf(socket.SafeHandle) : null;

    public override void CloseSending()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other side closed first.
        }
    }

    // A dual-mode socket shows IPv4 as ::ffff:127.0.0.1, and the program knows addresses only in their own family.
    private static IPEndPoint Unmapped(IPEndPoint end) =>
        end.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(end.Address.MapToIPv4(), end.Port) : end;
}
