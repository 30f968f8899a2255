using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using P2PShare.Protocol.Identity;

namespace P2PShare.Networking.Security.Identities;

/// <summary>What is asked of a certificate here: whose key it carries, and whether a known key signed it.</summary>
internal static class Certificates
{
    /// <summary>RFC 5280, section 4.1.2.2, allows 20; as many random bytes as are unique.</summary>
    public const int SerialBytes = 16;

    public static KeyFingerprint FingerprintOf(AsymmetricAlgorithm key) => FingerprintOf(key.ExportSubjectPublicKeyInfo());

    public static KeyFingerprint FingerprintOf(X509Certificate2 certificate) =>
        FingerprintOf(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>
    /// Whether <paramref name="issuer"/> signed the certificate and it is valid at <paramref name="now"/>. Asks nobody, and trusts no
    /// other issuer.
    /// </summary>
    public static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 issuer, DateTimeOffset now)
    {
        using var chain = new X509Chain { ChainPolicy = OfflinePolicy() };
        chain.ChainPolicy.CustomTrustStore.Add(issuer);
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        return chain.Build(certificate) && chain.ChainElements.Count == 2;
    }

    /// <summary>A policy that downloads nothing and knows no issuer of the system.</summary>
    public static X509ChainPolicy OfflinePolicy() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };

    /// <summary>Windows refuses TLS with a key that was only made in memory.</summary>
    public static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows())
            return certificate;
        using (certificate)
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private static KeyFingerprint FingerprintOf(byte[] publicKeyInfo) => KeyFingerprint.OfHash(SHA256.HashData(publicKeyInfo));
}
