using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace P2PShare.Networking.Security.Identities;

/// <summary>
/// What a peer shows to other peers, and whom it accepts: everybody, until it is a member of a private server; from then on other members
/// of that server only, whose certificates are checked without asking anybody (PROTOCOL.md, section 5.4).
/// </summary>
/// <param name="key">This peer's key.</param>
/// <param name="time">The clock of certificates.</param>
public sealed class MemberIdentity(ProgramKey key, TimeProvider time) : TlsIdentity
{
    private readonly OpenIdentity _open = new(key);
    private volatile Membership? _membership;
    private volatile bool _isMembersOnly;

    /// <summary>The certificate that is shown now; null where this peer is no member.</summary>
    public Membership? Membership => _membership;

    public override bool RefusesClearText => _isMembersOnly;

    internal override SslStreamCertificateContext CertificateContext => _membership?.Shown ?? _open.CertificateContext;

    /// <summary>
    /// The server is private: from now on nobody is accepted but its members, and before <see cref="Take"/> nobody at all.
    /// </summary>
    public void RequireMembers() => _isMembersOnly = true;

    /// <summary>Shows this certificate from now on. Connections that exist stay.</summary>
    public void Take(Membership membership)
    {
        _membership = membership;
        RequireMembers();
    }

    internal override bool Accepts(X509Certificate? certificate, out RemoteIdentity remote)
    {
        if (!_isMembersOnly)
            return _open.Accepts(certificate, out remote);
        remote = default;
        if (_membership is not { } membership
            || certificate is not X509Certificate2 shown
            || !Certificates.IsSignedBy(shown, membership.Issuer, time.GetUtcNow() + membership.ClockOffset))
            return false;
        remote = new RemoteIdentity(Certificates.FingerprintOf(shown), shown.NotAfter.ToUniversalTime() - membership.ClockOffset);
        return true;
    }
}
