using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace P2PShare.EndToEnd.Tests.Members;

/// <summary>Somebody who is no member, at the ports of a private server and of a member.</summary>
public sealed class StrangerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly X509Certificate2 _certificate = CreateCertificate();

    public static TheoryData<string> FirstLines => new(
        "PROTO_VERSION 1.0\n",
        "LIST_FILES\n",
        "secret.txt\n",
        $"JOIN {new string('0', 32)} stranger\n",
        "JOIN\n",
        new string('x', 10_000),
        "\0\u0001garbage\n");

    public void Dispose() => _certificate.Dispose();

    [Theory]
    [MemberData(nameof(FirstLines))]
    public async Task A_stranger_gets_no_byte_from_the_server_in_TLS_with_or_without_a_certificate(string line)
    {
        await using var circle = await PrivateCircle.StartAsync();

        foreach (var certificate in new[] { null, _certificate })
            (await ConverseAsync(circle.Server.Port, certificate, line)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_stranger_gets_no_byte_from_a_member_in_TLS_with_or_without_a_certificate_and_none_in_clear_text()
    {
        await using var circle = await PrivateCircle.StartAsync();
        var home = circle.CreateHome();
        home.Write("secret.txt", "for members"u8);
        var (member, port) = await circle.JoinAsync(home, "ayse");
        await member.SendLineAsync("ANNOUNCE secret.txt");
        await member.WaitForLineAsync("Announced");

        foreach (var line in new[] { "PROTO_VERSION 1.0\n", "secret.txt\n" })
        {
            (await ConverseInClearTextAsync(port, line)).Should().BeEmpty();
            foreach (var certificate in new[] { null, _certificate })
                (await ConverseAsync(port, certificate, line)).Should().BeEmpty();
        }

        var (other, _) = await circle.JoinAsync(circle.CreateHome(), "veli");
        await other.SendLineAsync("REQUEST secret.txt");
        await other.WaitForLineAsync("Saved");
    }

    [Theory]
    [InlineData("PROTO_VERSION 1.0\nREGISTER ali\n")]
    [InlineData("PROTO_VERSION 1.0")]
    public async Task A_plain_client_is_refused_with_VERSION_FAIL_and_a_reason_for_people(string lines)
    {
        await using var circle = await PrivateCircle.StartAsync();

        (await ConverseInClearTextAsync(circle.Server.Port, lines)).Should().Be(
            "VERSION_FAIL\nERROR this server accepts only encrypted connections (TLS); use a client that has them\n");

        circle.Server.Process.Output.Text.Should().NotContain("registered");
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=client", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UtcNow.AddDays(1));
    }

    // What arrived behind the handshake, until the other side ended the connection.
    private static async Task<string> ConverseAsync(int port, X509Certificate2? certificate, string text)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, port, deadline.Token);
        await using var tls = new SslStream(tcp.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "",
                    ClientCertificateContext =
                        certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
                    RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
                },
                deadline.Token);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return "";
        }

        return await ConverseAsync(tls, text, deadline.Token);
    }

    private static async Task<string> ConverseInClearTextAsync(int port, string text)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, port, deadline.Token);
        await using var stream = tcp.GetStream();
        return await ConverseAsync(stream, text, deadline.Token);
    }

    private static async Task<string> ConverseAsync(Stream stream, string text, CancellationToken cancellation)
    {
        using var received = new MemoryStream();
        try
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
            await stream.CopyToAsync(received, cancellation);
        }
        catch (IOException)
        {
            // A reset, or an alert of TLS, is an end, too.
        }

        return Encoding.UTF8.GetString(received.ToArray());
    }
}
