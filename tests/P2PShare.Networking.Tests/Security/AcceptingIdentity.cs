using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using P2PShare.Networking.Security.Identities;

namespace P2PShare.Networking.Tests.Security;

/// <summary>Shows what another identity shows, and accepts everybody, so that only the other side can refuse.</summary>
internal sealed class AcceptingIdentity(TlsIdentity shown) : TlsIdentity
{
    internal override SslStreamCertificateContext CertificateContext => shown.CertificateContext;

    internal override bool Accepts(X509Certificate? certificate, out RemoteIdentity remote)
    {
        remote = new RemoteIdentity(certificate is X509Certificate2 other ? Certificates.FingerprintOf(other) : null);
        return true;
    }
}
