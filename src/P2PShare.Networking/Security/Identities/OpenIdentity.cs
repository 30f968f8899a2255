using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace P2PShare.Networking.Security.Identities;

/// <summary>Shows this program's own key, and accepts every other side, with a key or without.</summary>
public sealed class OpenIdentity(ProgramKey key) : TlsIdentity
{
    internal override SslStreamCertificateContext CertificateContext => key.CertificateContext;

    internal override bool Accepts(X509Certificate? certificate, out RemoteIdentity remote)
    {
        remote = new RemoteIdentity(certificate is X509Certificate2 shown ? Certificates.FingerprintOf(shown) : null);
        return true;
    }
}
