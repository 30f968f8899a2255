using System.Net;
using System.Text;
using P2PShare.Networking;
using P2PShare.Networking.Security;
using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol.Transport;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Index.Servers;

/// <summary>A server that many connections go to, in TLS and in clear text; it keeps what each of them said.</summary>
internal sealed class MetServer : IDisposable
{
    private readonly List<StreamPair> _pairs = [];

    /// <summary>Its key; null where it speaks clear text only.</summary>
    public ProgramKey? Key { get; set; }

    /// <summary>The answer to PROTO_VERSION in clear text.</summary>
    public string Version { get; init; } = "VERSION_OK SWARM RESUME TLS";

    /// <summary>The answer to PROTO_VERSION in TLS.</summary>
    public string EncryptedVersion { get; set; } = "VERSION_OK SWARM RESUME TLS";

    /// <summary>The answer to a TLS handshake where it has no key; null closes the connection without one.</summary>
    public string? HandshakeAnswer { get; init; } = "VERSION_FAIL\n";

    /// <summary>The answer to CERTIFY, without its line end.</summary>
    public Func<string> Certificate { get; set; } = () => "ERROR unknown command";

    /// <summary>Closes each connection in TLS after its first line, as a private server does with strangers.</summary>
    public bool ClosesInTls { get; init; }

    /// <summary>The answer to SERVERS, without its last line end.</summary>
    public string Servers { get; init; } = "ERROR unknown command";

    /// <summary>The lines of all connections in clear text.</summary>
    public List<string> ClearLines { get; } = [];

    /// <summary>The lines of all connections in TLS.</summary>
    public List<string> EncryptedLines { get; } = [];

    /// <summary>The number of connections.</summary>
    public int Connections => _pairs.Count;

    public Task<Connection> DialAsync(EndPoint to, CancellationToken cancellation)
    {
        var pair = new StreamPair();
        _pairs.Add(pair);
        var remote = new IPEndPoint(IPAddress.Loopback, 8080);
        _ = ServeAsync(new StreamConnection(pair.Far, remote, pair.Reset));
        return Task.FromResult<Connection>(new StreamConnection(pair.Near, remote, pair.Reset));
    }

    public void Dispose() => _pairs.ForEach(pair => pair.Dispose());

    private async Task ServeAsync(Connection connection)
    {
        try
        {
            if (Key is null && await connection.PeekByteAsync(default) == TlsAcceptor.FirstByte)
            {
                await connection.Stream.WriteAsync(Encoding.UTF8.GetBytes(HandshakeAnswer ?? ""));
                await connection.DisposeAsync();
                return;
            }

            if (Key is not null)
            {
                var acceptor = new TlsAcceptor(new OpenIdentity(Key), TimeSpan.FromSeconds(30), TimeProvider.System);
                connection = await acceptor.AcceptAsync(connection, default);
            }

            await ConverseAsync(connection);
        }
        catch (IOException)
        {
            // The client closed the connection.
        }
    }

    private async Task ConverseAsync(Connection connection)
    {
        await using var channel = new LineChannel(connection.Stream);
        while (await channel.ReadLineAsync(default) is { } received)
        {
            var line = Encoding.UTF8.GetString(received.Span);
            (connection.IsEncrypted ? EncryptedLines : ClearLines).Add(line);
            if (connection.IsEncrypted && ClosesInTls)
                return;
            var answer = line.Split(' ')[0] switch
            {
                "PROTO_VERSION" => connection.IsEncrypted ? EncryptedVersion : Version,
                "REGISTER" => "REGISTER_OK",
                "CERTIFY" => Certificate(),
                "SERVERS" => Servers,
                _ => "RESUME_OK",
            };
            await channel.WriteBytesAsync(Encoding.UTF8.GetBytes(answer + "\n"), default);
        }
    }
}
