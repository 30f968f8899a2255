using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using P2PShare.Protocol.Identity;

namespace P2PShare.Networking.Security;

/// <summary>What this program shows in a handshake, and whom it accepts.</summary>
public abstract class TlsIdentity
{
    /// <summary>The certificate that is shown now; another connection may show another one.</summary>
    internal abstract SslStreamCertificateContext CertificateContext { get; }

    /// <summary>Decides about the certificate of the other side, whose private key it has proved to have.</summary>
    /// <param name="certificate">Null where it showed none.</param>
    /// <param name="key">Whose it is; null where it showed none.</param>
    internal abstract bool Accepts(X509Certificate? certificate, out KeyFingerprint? key);
}
