using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using P2PShare.Networking.Linux;
using P2PShare.Networking.Storage;
using P2PShare.Protocol.Identity;

namespace P2PShare.Networking.Security.Identities;

/// <summary>
/// The private key of a program (ECDSA on P-256) with a certificate that it signed for itself. Others know it by its
/// <see cref="Fingerprint"/>: the certificate carries the key, and nothing that it says beside the key is believed.
/// </summary>
public sealed class ProgramKey : IDisposable
{
    /// <summary>Bytes of a signature of <see cref="SignData"/>.</summary>
    public const int SignatureBytes = 64;

    // A key file is about 250 bytes long.
    private const int MaxFileBytes = 16 * 1024;

    // secp256r1 (RFC 5480, section 2.1.1.1).
    private const string P256Oid = "1.2.840.10045.3.1.7";

    // The subjects are the same for all, so that they tell nothing.
    private const string OwnSubject = "CN=localhost";
    private const string SignedSubject = "CN=client";

    private static readonly DateTimeOffset ValidFrom = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset ValidUntil = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    private readonly ECDsa _key;

    // Made for the first connection: with them, a server took a third longer to start.
    private readonly Lazy<X509Certificate2> _certificate;
    private readonly Lazy<SslStreamCertificateContext> _context;

    static ProgramKey()
    {
        if (Platform.UsesLinuxCalls && !SystemTrust.IsKept)
            SystemIssuers.Ignore();
    }

    private ProgramKey(ECDsa key)
    {
        _key = key;
        Fingerprint = Certificates.FingerprintOf(key);
        _certificate = new Lazy<X509Certificate2>(() => SignOwnCertificate(key));
        _context = new Lazy<SslStreamCertificateContext>(() => SslStreamCertificateContext.Create(Certificate, null, offline: true));
    }

    public KeyFingerprint Fingerprint { get; }

    /// <summary>Self-signed, with the private key. It may sign other certificates.</summary>
    public X509Certificate2 Certificate => _certificate.Value;

    /// <summary>The certificate as TLS sends it.</summary>
    internal SslStreamCertificateContext CertificateContext => _context.Value;

    /// <summary>The public key: a SubjectPublicKeyInfo (RFC 5280, section 4.1), in DER.</summary>
    public byte[] PublicKey => _key.ExportSubjectPublicKeyInfo();

    /// <summary>A key that is kept nowhere.</summary>
    public static ProgramKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads the key of a file, or makes one and writes the file, which only its owner can read.</summary>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    /// <exception cref="InvalidDataException">The file has no private key on P-256.</exception>
    public static ProgramKey LoadOrCreate(string path)
    {
        if (!File.Exists(path))
            WriteNew(path);
        return Read(path);
    }

    /// <summary>The certificate of another key, signed by this one.</summary>
    /// <param name="publicKey">A SubjectPublicKeyInfo (RFC 5280, section 4.1), in DER.</param>
    /// <param name="from">When it begins to be valid.</param>
    /// <param name="until">When it ends.</param>
    /// <exception cref="CryptographicException">The public key is none.</exception>
    public X509Certificate2 Sign(ReadOnlySpan<byte> publicKey, DateTimeOffset from, DateTimeOffset until)
    {
        var key = System.Security.Cryptography.X509Certificates.PublicKey.CreateFromSubjectPublicKeyInfo(publicKey, out _);
        var request = new CertificateRequest(new X500DistinguishedName(SignedSubject), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));

        // The overload that takes the issuer's certificate refuses keys of another kind than the issuer's.
        return request.Create(
            Certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(_key),
            from,
            until,
            RandomNumberGenerator.GetBytes(Certificates.SerialBytes));
    }

    /// <summary>Signs data: ECDSA with SHA-256, of <see cref="SignatureBytes"/> bytes (IEEE P1363).</summary>
    public byte[] SignData(ReadOnlySpan<byte> data) => _key.SignData(data, HashAlgorithmName.SHA256);

    /// <summary>Whether <see cref="SignData"/> of this key has made a signature.</summary>
    /// <param name="data">What was signed.</param>
    /// <param name="signature">Any bytes.</param>
    public bool HasSigned(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        _key.VerifyData(data, signature, HashAlgorithmName.SHA256);

    /// <summary>This key with a certificate for it that somebody else signed.</summary>
    internal SslStreamCertificateContext WithCertificate(X509Certificate2 certificate) =>
        SslStreamCertificateContext.Create(Certificates.Usable(certificate.CopyWithPrivateKey(_key)), null, offline: true);

    public void Dispose()
    {
        if (_certificate.IsValueCreated)
            _certificate.Value.Dispose();
        _key.Dispose();
    }

    private static ProgramKey Read(string path)
    {
        var pem = new char[MaxFileBytes];
        using var reader = new StreamReader(path);
        var length = reader.ReadBlock(pem);
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem.AsSpan(0, length));

            // A public key is no key of a program. Other curves have keys of 256 bits, too, and TLS refuses them.
            if (key.ExportParameters(includePrivateParameters: true).Curve is { IsNamed: true, Oid.Value: P256Oid })
                return new ProgramKey(key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new InvalidDataException($"{path} has no private key", e);
        }

        key.Dispose();
        throw new InvalidDataException($"{path} has no key on the curve P-256");
    }

    // Two programs may start at the same time: the first file that gets the name stays, and both read it.
    private static void WriteNew(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        AtomicFile.TryCreate(path, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
    }

    private static X509Certificate2 SignOwnCertificate(ECDsa key)
    {
        var request = new CertificateRequest(OwnSubject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        return Certificates.Usable(request.CreateSelfSigned(ValidFrom, ValidUntil));
    }
}
