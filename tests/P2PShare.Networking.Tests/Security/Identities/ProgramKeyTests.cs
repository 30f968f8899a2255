using System.Security.Cryptography;
using P2PShare.Networking.Security.Identities;
using P2PShare.Testing;

namespace P2PShare.Networking.Tests.Security.Identities;

public sealed class ProgramKeyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string KeyFile => _folder.File("state/key.pem");

    public static TheoryData<string, string> ForeignFiles => new()
    {
        { "an empty file", "" },
        { "a text", "not a key\n" },
        { "a cut key", Ecdsa(ECCurve.NamedCurves.nistP256)[..100] },
        { "a changed key", Ecdsa(ECCurve.NamedCurves.nistP256).Replace("MIG", "MIZ", StringComparison.Ordinal) },
        { "two keys", Ecdsa(ECCurve.NamedCurves.nistP256) + Ecdsa(ECCurve.NamedCurves.nistP256) },
        { "a key on P-384", Ecdsa(ECCurve.NamedCurves.nistP384) },
        { "a key on P-521", Ecdsa(ECCurve.NamedCurves.nistP521) },
        { "a key on another curve of 256 bits", Ecdsa(ECCurve.CreateFromFriendlyName("secp256k1")) },
        { "an RSA key", Rsa() },
        { "a public key", PublicKey() },
        { "an encrypted key", Encrypted() },
    };

    [Fact]
    public void A_key_is_made_once_and_read_again_with_the_same_fingerprint()
    {
        using var made = ProgramKey.LoadOrCreate(KeyFile);
        var content = File.ReadAllText(KeyFile);
        using var read = ProgramKey.LoadOrCreate(KeyFile);

        read.Fingerprint.Should().Be(made.Fingerprint);
        File.ReadAllText(KeyFile).Should().Be(content);
    }

    [Fact]
    public void Only_its_owner_can_read_the_file_of_a_key()
    {
        if (OperatingSystem.IsWindows())
            return;
        ProgramKey.LoadOrCreate(KeyFile).Dispose();

        File.GetUnixFileMode(KeyFile).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void Several_programs_that_start_at_once_have_one_key()
    {
        for (var round = 0; round < 10; round++)
        {
            var path = _folder.File($"{round}/key.pem");
            var fingerprints = new string[4];

            Parallel.For(0, fingerprints.Length, program =>
            {
                using var key = ProgramKey.LoadOrCreate(path);
                fingerprints[program] = key.Fingerprint.ToString();
            });

            fingerprints.Distinct().Should().ContainSingle();
        }
    }

    [Theory]
    [MemberData(nameof(ForeignFiles))]
    public void A_file_that_has_no_key_on_P256_is_invalid_and_stays_as_it_was(string what, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(KeyFile)!);
        File.WriteAllText(KeyFile, content);

        var load = () => ProgramKey.LoadOrCreate(KeyFile);

        load.Should().Throw<InvalidDataException>(what).Which.Message.Should().Contain(KeyFile);
        File.ReadAllText(KeyFile).Should().Be(content);
        Directory.GetFiles(Path.GetDirectoryName(KeyFile)!).Should().ContainSingle();
    }

    [Fact]
    public void A_key_that_openssl_wrote_in_its_older_form_is_read()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _folder.Write("state/key.pem", System.Text.Encoding.ASCII.GetBytes(key.ExportECPrivateKeyPem()));

        using var read = ProgramKey.LoadOrCreate(KeyFile);

        read.Fingerprint.ToString().Should().Be(Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo())));
    }

    [Fact]
    public void A_folder_in_the_place_of_the_file_is_an_error_of_the_disk()
    {
        Directory.CreateDirectory(KeyFile);

        var load = () => ProgramKey.LoadOrCreate(KeyFile);

        load.Should().Throw<Exception>().Which.Should().Match(e => e is IOException || e is UnauthorizedAccessException);
    }

    [Fact]
    public void The_certificates_of_two_keys_differ_in_nothing_but_the_keys_and_what_follows_from_them()
    {
        using var one = ProgramKey.Create();
        using var other = ProgramKey.Create();

        one.Fingerprint.Should().NotBe(other.Fingerprint);
        one.Certificate.Subject.Should().Be(other.Certificate.Subject, "a certificate names neither its user nor its machine");
        one.Certificate.NotBefore.Should().Be(other.Certificate.NotBefore);
        one.Certificate.NotAfter.Should().Be(other.Certificate.NotAfter);
    }

    [Fact]
    public void A_signed_certificate_is_valid_in_its_time_and_for_its_signer_only()
    {
        using var signer = ProgramKey.Create();
        using var stranger = ProgramKey.Create();
        using var member = ProgramKey.Create();
        var from = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        using var signed = signer.Sign(member.Certificate.PublicKey.ExportSubjectPublicKeyInfo(), from, from.AddDays(30));

        Certificates.FingerprintOf(signed).Should().Be(member.Fingerprint);
        Certificates.IsSignedBy(signed, signer.Certificate, from.AddDays(1)).Should().BeTrue();
        Certificates.IsSignedBy(signed, signer.Certificate, from.AddDays(31)).Should().BeFalse("it has ended");
        Certificates.IsSignedBy(signed, signer.Certificate, from.AddDays(-1)).Should().BeFalse("it has not begun");
        Certificates.IsSignedBy(signed, stranger.Certificate, from.AddDays(1)).Should().BeFalse("another key signed it");
        Certificates.IsSignedBy(member.Certificate, signer.Certificate, from.AddDays(1)).Should().BeFalse("it signed itself");
    }

    public void Dispose() => _folder.Dispose();

    private static string Ecdsa(ECCurve curve)
    {
        using var key = ECDsa.Create(curve);
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    private static string Rsa()
    {
        using var key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static string PublicKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportSubjectPublicKeyInfoPem();
    }

    private static string Encrypted()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportEncryptedPkcs8PrivateKeyPem(
            "secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
    }
}
