using System.Net;
using System.Text;
using P2PShare.Networking;
using P2PShare.Networking.Security;
using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol.Grammar;
using P2PShare.Server.Guards;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Server.Tests.Guards;

public sealed class ConnectionSecurityTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly StreamPair _pair = new();
    private readonly ProgramKey _key = ProgramKey.Create();
    private readonly RefusalLog _refusals = new(TimeProvider.System);

    [Fact]
    public async Task Clear_text_is_served_where_encryption_is_only_offered()
    {
        await _pair.Far.WriteAsync("PROTO_VERSION 1.0\n"u8.ToArray());

        var admitted = await AdmitAsync(Offering(isRequired: false));

        admitted!.IsEncrypted.Should().BeFalse();
        var line = new byte["PROTO_VERSION 1.0\n".Length];
        await admitted.Stream.ReadExactlyAsync(line);
        Encoding.ASCII.GetString(line).Should().Be("PROTO_VERSION 1.0\n", "the byte that was looked at is read again");
    }

    [Fact]
    public async Task Clear_text_is_refused_with_a_line_for_people_where_encryption_is_required()
    {
        await _pair.Far.WriteAsync("PROTO_VERSION 1.0\n"u8.ToArray());
        _pair.Far.CloseOutput();

        (await AdmitAsync(Offering(isRequired: true))).Should().BeNull();

        (await new StreamReader(_pair.Far).ReadToEndAsync()).Should().StartWith("VERSION_FAIL\nERROR ").And.Contain("encrypted");
        _refusals.Counts.Values.Should().Equal(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_in_TLS_is_served_and_its_key_is_known(bool isRequired)
    {
        using var clientKey = ProgramKey.Create();
        var dialer = new TlsDialer(new OpenIdentity(clientKey), Patience, TimeProvider.System);
        var far = new StreamConnection(_pair.Far, new IPEndPoint(IPAddress.Loopback, 2), _pair.Reset);

        var securing = dialer.SecureAsync(far, key => key == _key.Fingerprint, CancellationToken.None);
        var admitted = await AdmitAsync(Offering(isRequired));

        admitted!.RemoteKey.Should().Be(clientKey.Fingerprint);
        await using var secured = await securing.WaitAsync(Patience);
    }

    [Fact]
    public async Task Garbage_that_begins_like_TLS_is_refused_and_counted()
    {
        await _pair.Far.WriteAsync(new byte[] { TlsAcceptor.FirstByte, 0x50, 0x52, 0x4F, 0x54, 0x4F, 0x0A });
        _pair.Far.CloseOutput();

        (await AdmitAsync(Offering(isRequired: false))).Should().BeNull();

        _refusals.Counts.Values.Should().Equal(1);
    }

    [Fact]
    public async Task Without_TLS_the_connection_is_passed_on_untouched()
    {
        var security = new ConnectionSecurity(null, isRequired: false, TimeProvider.System);

        (await AdmitAsync(security)).Should().NotBeNull("no first byte is waited for");

        security.Features.Should().Be(Features.None);
        Offering(isRequired: false).Features.Should().Be(Features.Tls);
    }

    public void Dispose()
    {
        _pair.Dispose();
        _key.Dispose();
    }

    private ConnectionSecurity Offering(bool isRequired) =>
        new(new TlsAcceptor(new OpenIdentity(_key), Patience, TimeProvider.System), isRequired, TimeProvider.System);

    private Task<Connection?> AdmitAsync(ConnectionSecurity security) => security.AdmitAsync(
        new StreamConnection(_pair.Near, new IPEndPoint(IPAddress.Loopback, 1), _pair.Reset, _pair.Near.CloseOutput),
        _refusals,
        Logger.None,
        CancellationToken.None).WaitAsync(Patience);
}
