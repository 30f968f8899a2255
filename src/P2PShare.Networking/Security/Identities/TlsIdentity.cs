using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace P2PShare.Networking.Security.Identities;

/// <summary>What this program shows in a handshake, and whom it accepts.</summary>
public abstract class TlsIdentity
{
    /// <summary>Whoever sends clear text is refused.</summary>
    public virtual bool RefusesClearText => false;

    /// <summary>The certificate that is shown now; another connection may show another one.</summary>
    internal abstract SslStreamCertificateContext CertificateContext { get; }

    /// <summary>Decides about the certificate of the other side, whose private key it has proved to have.</summary>
    /// <param name="certificate">Null where it showed none.</param>
    /// <param name="remote">Who it is.</param>
    internal abstract bool Accepts(X509Certificate? certificate, out RemoteIdentity remote);
}
