using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Networking.Security.Identities;

/// <summary>A member's certificate for some minutes, as a private server gave it.</summary>
public sealed class Membership
{
    private Membership(SslStreamCertificateContext shown, X509Certificate2 issuer, DateTimeOffset until, TimeSpan clockOffset) =>
        (Shown, Issuer, Until, ClockOffset) = (shown, issuer, until, clockOffset);

    /// <summary>When it ends, by the server's clock.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>What has to be added to this machine's time for the server's.</summary>
    public TimeSpan ClockOffset { get; }

    internal SslStreamCertificateContext Shown { get; }

    /// <summary>The server's own certificate.</summary>
    internal X509Certificate2 Issuer { get; }

    /// <summary>Whether this server gave it.</summary>
    public bool IsFrom(KeyFingerprint server) => Certificates.FingerprintOf(Issuer) == server;

    /// <summary>Checks what the server sent. Null where it is not for this key, or not signed by that server.</summary>
    /// <param name="key">This peer's key.</param>
    /// <param name="server">The server's key, as the connection to it proved.</param>
    /// <param name="reply">What it sent.</param>
    /// <param name="now">This machine's time when it came.</param>
    public static Membership? TryCreate(ProgramKey key, KeyFingerprint server, CertificateReply reply, DateTimeOffset now)
    {
        try
        {
            var issuer = X509CertificateLoader.LoadCertificate(reply.Issuer.Span);
            using var member = X509CertificateLoader.LoadCertificate(reply.Member.Span);
            return Certificates.FingerprintOf(issuer) == server
                && Certificates.FingerprintOf(member) == key.Fingerprint
                && Certificates.IsSignedBy(member, issuer, reply.ServerTime)
                ? new Membership(key.WithCertificate(member), issuer, member.NotAfter.ToUniversalTime(), reply.ServerTime - now)
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
