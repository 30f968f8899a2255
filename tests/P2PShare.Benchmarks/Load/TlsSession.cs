using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace P2PShare.Benchmarks.Load;

/// <summary>A connection in TLS to any program on this machine, whatever its key.</summary>
internal sealed class TlsSession : IDisposable
{
    private readonly Socket _socket;
    private readonly SslStream _tls;
    private readonly byte[] _buffer = new byte[16 * 1024];

    private TlsSession(Socket socket)
    {
        _socket = socket;
        _tls = new SslStream(new NetworkStream(socket));
    }

    /// <summary>Connects, does a whole handshake, sends the greeting, and reads a line for each of its lines.</summary>
    public static async Task<TlsSession> ConnectAsync(int port, string greeting)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        var session = new TlsSession(socket);
        await session._tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "",
            EnabledSslProtocols = SslProtocols.Tls13,
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        });
        if (greeting.Length > 0)
            await session.ExchangeAsync(Encoding.ASCII.GetBytes(greeting), greeting.Count(one => one == '\n'));
        return session;
    }

    /// <summary>Sends the bytes, and reads to this number of line ends.</summary>
    public async Task ExchangeAsync(ReadOnlyMemory<byte> bytes, int lineEnds)
    {
        await _tls.WriteAsync(bytes);
        while (lineEnds > 0)
        {
            var count = await _tls.ReadAsync(_buffer);
            if (count == 0)
                throw new IOException("The connection was closed.");
            lineEnds -= _buffer.AsSpan(0, count).Count((byte)'\n');
        }
    }

    public void Dispose()
    {
        _tls.Dispose();
        _socket.Dispose();
    }
}
