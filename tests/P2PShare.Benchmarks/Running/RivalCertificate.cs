using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace P2PShare.Benchmarks.Running;

/// <summary>A self-signed certificate of the kind that our programs make, in files, for rivals that speak TLS.</summary>
internal sealed class RivalCertificate
{
    private readonly string _certificate;
    private readonly string _key;

    /// <param name="folder">Where its two files are written.</param>
    public RivalCertificate(string folder)
    {
        (_certificate, _key) = (Path.Combine(folder, "certificate.pem"), Path.Combine(folder, "key.pem"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        using var certificate = new CertificateRequest("CN=rival", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(_certificate, certificate.ExportCertificatePem());
        File.WriteAllText(_key, key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>The lines of a server in nginx.conf. Every handshake is a whole one, as ours.</summary>
    public string NginxLines =>
        $"ssl_certificate {_certificate}; ssl_certificate_key {_key}; ssl_protocols TLSv1.3; ssl_session_tickets off;";

    public IReadOnlyList<string> RedisArguments(int port) =>
    [
        "--tls-port", port.ToString(CultureInfo.InvariantCulture), "--tls-cert-file", _certificate, "--tls-key-file", _key,
        "--tls-ca-cert-file", _certificate, "--tls-auth-clients", "no", "--tls-protocols", "TLSv1.3",
    ];
}
