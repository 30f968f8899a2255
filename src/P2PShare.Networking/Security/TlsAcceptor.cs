using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using P2PShare.Networking.Security.Identities;

namespace P2PShare.Networking.Security;

/// <summary>
/// Tells TLS from clear text on one port, by the first byte (PROTOCOL.md, section 2.1), and does the handshake of those that speak TLS.
/// </summary>
/// <param name="identity">This program's key and certificate.</param>
/// <param name="patience">How long the first byte and the handshake may take together.</param>
/// <param name="time">The clock of that.</param>
public sealed class TlsAcceptor(TlsIdentity identity, TimeSpan patience, TimeProvider time)
{
    /// <summary>
    /// The first byte of a TLS connection: a record of a handshake (RFC 8446, section 5.1). No line begins with it.
    /// </summary>
    public const byte FirstByte = 0x16;

    /// <summary>Waits for the first byte, and for the end of the handshake where there is one.</summary>
    /// <param name="connection">Owned by the result; closed where a handshake fails.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>
    /// The connection in TLS, or <paramref name="connection"/> itself where the other side sends clear text or has ended.
    /// </returns>
    /// <exception cref="TlsException">The handshake failed, or took too long; the connection is closed.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<Connection> AcceptAsync(Connection connection, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            return await DistinguishAsync(connection, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            connection.Abort();
            throw new TlsException("neither a first line nor a handshake came in time");
        }
    }

    private async Task<Connection> DistinguishAsync(Connection connection, CancellationToken cancellation)
    {
        var first = await connection.PeekByteAsync(cancellation);
        if (first != FirstByte && first >= 0 && identity.RefusesClearText)
        {
            connection.Abort();
            throw new TlsException("clear text, where members encrypt");
        }

        if (first != FirstByte)
            return connection;
        RemoteIdentity remote = default;
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = identity.CertificateContext,
            ClientCertificateRequired = true,
            EnabledSslProtocols = SslProtocols.Tls13,
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = Certificates.OfflinePolicy(),
            RemoteCertificateValidationCallback = (_, certificate, _, _) => identity.Accepts(certificate, out remote),
        };
        var secured = await TlsConnection.OpenAsync(
            connection, (tls, token) => tls.AuthenticateAsServerAsync(options, token), () => remote.Key, cancellation);
        if (remote.Until is { } until)
            secured.AbortAfter(until - time.GetUtcNow(), time);
        return secured;
    }
}
