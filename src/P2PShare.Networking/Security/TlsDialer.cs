using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol.Identity;

namespace P2PShare.Networking.Security;

/// <summary>Does the handshake of a connection that this program opened.</summary>
/// <param name="identity">This program's key and certificate.</param>
/// <param name="patience">How long a handshake may take.</param>
/// <param name="time">The clock of that.</param>
public sealed class TlsDialer(TlsIdentity identity, TimeSpan patience, TimeProvider time)
{
    /// <summary>Only those who encrypt are talked to.</summary>
    public bool RefusesClearText => identity.RefusesClearText;

    /// <param name="connection">Owned by the result; closed where the handshake fails.</param>
    /// <param name="isExpected">Whether the key of the other side is the one that was asked for.</param>
    /// <param name="cancellation">Ends the handshake.</param>
    /// <exception cref="WrongKeyException">The other side has another key.</exception>
    /// <exception cref="TlsException">The other side does not speak TLS 1.3, or refused this side.</exception>
    /// <exception cref="IOException">The connection broke, or the other side did not answer in time.</exception>
    public async Task<Connection> SecureAsync(
        Connection connection, Func<KeyFingerprint, bool> isExpected, CancellationToken cancellation)
    {
        RemoteIdentity remote = default;
        var isWrongKey = false;
        var options = new SslClientAuthenticationOptions
        {
            // No name is sent: it would be readable on the way.
            TargetHost = "",
            ClientCertificateContext = identity.CertificateContext,
            EnabledSslProtocols = SslProtocols.Tls13,
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = Certificates.OfflinePolicy(),
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                if (!identity.Accepts(certificate, out remote) || remote.Key is null)
                    return false;
                isWrongKey = !isExpected(remote.Key);
                return !isWrongKey;
            },
        };
        using var deadline = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            return await TlsConnection.OpenAsync(
                connection, (tls, token) => tls.AuthenticateAsClientAsync(options, token), () => remote.Key, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // A program that hangs: this says nothing about what it speaks.
            throw new IOException("the TLS handshake did not end in time");
        }
        catch (TlsException) when (isWrongKey)
        {
            throw new WrongKeyException(remote.Key!);
        }
    }
}
