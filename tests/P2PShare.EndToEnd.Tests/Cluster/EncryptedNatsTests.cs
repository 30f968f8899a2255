using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using P2PShare.EndToEnd.Tests.Running;
using P2PShare.Testing;
using P2PShare.Testing.Nats;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests.Cluster;

/// <summary>TLS between servers and NATS, with certificates of the system's issuers.</summary>
public sealed class EncryptedNatsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NatsFact]
    public async Task A_server_joins_over_tls_where_the_system_trusts_the_issuer_and_not_elsewhere()
    {
        var issuer = WriteCertificates();
        await using var nats = await RunningNats.StartAsync(
            "--tls", "--tlscert", _folder.File("nats.pem"), "--tlskey", _folder.File("nats.key"));
        var url = $"tls://127.0.0.1:{nats.Port}";

        await using var one = await RunningServer.StartAsync(["env", $"SSL_CERT_FILE={issuer}"], 0, "--cluster", url);
        await using var two = await RunningServer.StartAsync(["env", $"SSL_CERT_FILE={issuer}"], 0, "--cluster", url);
        using var session = await IndexSession.ConnectAsync(one, "one");
        await session.ShareAsync("a");
        await Eventually.True(
            async () => (await IndexSession.AskAsync(two, "REQUEST a")).SequenceEqual(["FOUND 127.0.0.1 9001"]), "the file to be found");

        await using var stranger = await RunningServer.StartAsync(0, "--cluster", url);
        (await stranger.Process.WaitForLineAsync("no connection to the cluster")).Should().Contain("certificate");
        using var own = await IndexSession.ConnectAsync(stranger, "own");
        await own.ShareAsync("b");
        (await own.AskAsync("LIST_FILES")).Should().HaveCount(1, "it serves its own clients");
    }

    // Returns the file with the issuer.
    private string WriteCertificates()
    {
        var (from, until) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var issuerRequest = new CertificateRequest("CN=test issuer", issuerKey, HashAlgorithmName.SHA256);
        issuerRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var issuer = issuerRequest.CreateSelfSigned(from, until);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=nats", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(issuer, from, until, [1, 2, 3, 4]);
        _folder.Write("nats.pem", Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()));
        _folder.Write("nats.key", Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        return _folder.Write("issuer.pem", Encoding.ASCII.GetBytes(issuer.ExportCertificatePem()));
    }
}
