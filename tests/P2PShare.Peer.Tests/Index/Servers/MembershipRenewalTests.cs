using System.Buffers;
using System.Net;
using System.Text;
using P2PShare.Networking.Security;
using P2PShare.Networking.Security.Identities;
using P2PShare.Peer.Index;
using P2PShare.Peer.Index.Servers;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using Serilog;

namespace P2PShare.Peer.Tests.Index.Servers;

/// <summary>The certificate of a member, from its first one to its renewal.</summary>
public sealed class MembershipRenewalTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(15);
    private static readonly EndPoint Address = new DnsEndPoint("example.org", 8080);

    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly ProgramKey _serverKey = ProgramKey.Create();
    private readonly ProgramKey _otherKey = ProgramKey.Create();
    private readonly ProgramKey _key = ProgramKey.Create();
    private readonly MetServer _server;
    private readonly MemberIdentity _identity;
    private readonly IndexClient _index;
    private readonly MembershipRenewal _renewal;
    private readonly RecordedLog _events = new();
    private readonly List<TimeSpan> _told = [];

    // How far the server's clock is ahead of the client's.
    private TimeSpan _serverAhead;

    public MembershipRenewalTests()
    {
        _server = new MetServer
        {
            Key = _serverKey,
            EncryptedVersion = "VERSION_OK SWARM RESUME TLS MEMBERS",
            Certificate = () => Certify(),
        };
        _identity = new MemberIdentity(_key, _time);
        var log = new LoggerConfiguration().WriteTo.Sink(_events).CreateLogger();
        _index = new IndexClient(OpenAsync, _time, new Random(1), log);
        _renewal = new MembershipRenewal(_index, _key, _identity, _time, log);
        _renewal.ClockDiffers += _told.Add;
    }

    private DateTimeOffset ServerTime => _time.GetUtcNow() + _serverAhead;

    private int Requests => _server.EncryptedLines.Count(line => line.StartsWith("CERTIFY ", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await _index.DisposeAsync();
        _server.Dispose();
        foreach (var disposable in new IDisposable[] { _serverKey, _otherKey, _key, _folder })
            disposable.Dispose();
    }

    [Fact]
    public async Task A_member_of_a_private_server_shows_its_certificate()
    {
        await ConnectAsync();

        await RenewAsync();

        _identity.Membership!.Until.Should().Be(ServerTime.AddMinutes(10));
        _identity.RefusesClearText.Should().BeTrue();
        _server.EncryptedLines[^1].Should().Be($"CERTIFY {Convert.ToBase64String(_key.PublicKey)}");
        _told.Should().BeEmpty();
    }

    [Fact]
    public async Task A_server_that_is_not_private_is_asked_for_nothing_and_everybody_is_accepted()
    {
        _server.EncryptedVersion = "VERSION_OK SWARM RESUME TLS";
        await ConnectAsync();

        await RenewAsync();

        (_identity.Membership, _identity.RefusesClearText, Requests).Should().Be((null, false, 0));
    }

    [Fact]
    public async Task A_certificate_is_asked_for_again_when_less_than_five_minutes_of_it_are_left()
    {
        await ConnectAsync();
        await RenewAsync();
        var first = _identity.Membership;

        _time.Advance(TimeSpan.FromMinutes(5));
        await RenewAsync();
        (Requests, _identity.Membership).Should().Be((1, first));
        _time.Advance(TimeSpan.FromSeconds(1));
        await RenewAsync();

        Requests.Should().Be(2);
        _identity.Membership!.Until.Should().Be(ServerTime.AddMinutes(10));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task While_the_client_runs_its_certificate_never_ends_whatever_its_clock_shows(int days)
    {
        _serverAhead = TimeSpan.FromDays(days);
        await ConnectAsync();
        await RenewAsync();
        using var stop = new CancellationTokenSource();
        var running = _renewal.RunAsync(stop.Token);

        for (var look = 0; look < 60; look++)
        {
            _time.Advance(BetweenLooks);
            if (_identity.Membership!.Until - ServerTime < TimeSpan.FromMinutes(5))
                await Eventually.True(() => _identity.Membership!.Until == ServerTime.AddMinutes(10), "the renewal");
            _identity.Membership!.Until.Should().BeAfter(ServerTime);
        }

        await stop.CancelAsync();
        await running.WaitAsync(Deadline);
        Requests.Should().BeInRange(3, 5, "15 minutes passed");
    }

    [Theory]
    [InlineData(24 * 60 * 60)]
    [InlineData(-24 * 60 * 60)]
    [InlineData(60)]
    public async Task A_clock_that_differs_from_the_servers_is_told_once(int seconds)
    {
        _serverAhead = TimeSpan.FromSeconds(seconds);
        await ConnectAsync();

        for (var renewal = 0; renewal < 3; renewal++)
        {
            await RenewAsync();
            _time.Advance(TimeSpan.FromMinutes(6));
        }

        Requests.Should().Be(3);
        _told.Should().Equal(_serverAhead);
    }

    [Fact]
    public async Task A_clock_that_differs_by_less_than_a_minute_is_not_told()
    {
        _serverAhead = TimeSpan.FromSeconds(59);
        await ConnectAsync();

        await RenewAsync();

        _told.Should().BeEmpty();
    }

    [Theory]
    [InlineData("another server's")]
    [InlineData("another key's")]
    [InlineData("ended")]
    [InlineData("ERROR that is not the key of this session")]
    [InlineData("CERTIFICATE 0 AAAA AAAA")]
    public async Task A_bad_certificate_is_not_taken_and_nobody_is_accepted_without_one(string answer)
    {
        _server.Certificate = () => answer switch
        {
            "another server's" => Certify(signer: _otherKey),
            "another key's" => Certify(member: _otherKey),
            "ended" => Certify(age: TimeSpan.FromMinutes(11)),
            _ => answer,
        };
        await ConnectAsync();

        await RenewAsync();

        (_identity.Membership, _identity.RefusesClearText, Requests).Should().Be((null, true, 1));
        _events.Lines.Should().ContainSingle().Which.Should().Contain("no valid certificate");
    }

    [Fact]
    public async Task The_certificate_that_is_shown_stays_where_the_next_one_is_bad()
    {
        await ConnectAsync();
        await RenewAsync();
        var first = _identity.Membership;
        _server.Certificate = () => Certify(signer: _otherKey);

        _time.Advance(TimeSpan.FromMinutes(6));
        await RenewAsync();

        (_identity.Membership, Requests).Should().Be((first, 2));
    }

    private string Certify(ProgramKey? signer = null, ProgramKey? member = null, TimeSpan age = default)
    {
        var begin = ServerTime - age;
        using var certificate = (signer ?? _serverKey).Sign((member ?? _key).PublicKey, begin.AddMinutes(-1), begin.AddMinutes(10));
        var output = new ArrayBufferWriter<byte>();
        new CertificateReply(ServerTime, certificate.RawData, (signer ?? _serverKey).Certificate.RawData).WriteTo(output);
        return Encoding.UTF8.GetString(output.WrittenSpan).TrimEnd('\n');
    }

    private Task ConnectAsync() => _index.ConnectAsync(default).WaitAsync(Deadline);

    private Task RenewAsync() => _renewal.RenewAsync(default).WaitAsync(Deadline);

    private Task<IndexConnection> OpenAsync(CancellationToken cancellation)
    {
        var tls = new TlsDialer(new OpenIdentity(_key), Deadline, TimeProvider.System);
        var servers = new EncryptedServers(
            _server.DialAsync, tls, new KnownServers(_folder.File("known_servers")), _serverKey.Fingerprint);
        return servers.OpenAsync(
            Address,
            (dial, refusesOfferedTls) => IndexConnection.OpenAsync(
                dial, Address, ScriptedServer.User, SessionToken.Create(), refusesOfferedTls, _time, cancellation),
            cancellation);
    }
}
