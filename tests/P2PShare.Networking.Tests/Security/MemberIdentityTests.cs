using P2PShare.Networking.Security;
using P2PShare.Networking.Security.Identities;
using P2PShare.Testing;

namespace P2PShare.Networking.Tests.Security;

/// <summary>Members of a private server, and others, who connect to each other.</summary>
public sealed class MemberIdentityTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly PrivateServerKey _server = new();
    private readonly PrivateServerKey _otherServer = new();
    private readonly ManualTimeProvider _time = new();
    private readonly ProgramKey _key = ProgramKey.Create();
    private readonly ProgramKey _otherKey = ProgramKey.Create();
    private readonly List<ConnectionPair> _pairs = [];

    private DateTimeOffset Now => _time.GetUtcNow();

    public void Dispose()
    {
        _pairs.ForEach(pair => pair.Dispose());
        foreach (var disposable in new IDisposable[] { _server, _otherServer, _key, _otherKey })
            disposable.Dispose();
    }

    [Fact]
    public async Task Members_of_one_server_accept_each_other_and_know_each_others_keys()
    {
        var (accepted, dialled) = await ConnectAsync(Member(_key), Member(_otherKey));

        (await accepted).RemoteKey.Should().Be(_key.Fingerprint);
        (await dialled).RemoteKey.Should().Be(_otherKey.Fingerprint);
    }

    [Fact]
    public async Task A_member_of_another_server_is_refused_on_either_side()
    {
        var foreign = new MemberIdentity(_otherKey, _time);
        foreign.Take(_otherServer.Admit(_otherKey, Now, Now));

        await AssertRefusedByBothAsync(foreign);
    }

    [Fact]
    public async Task A_self_signed_certificate_is_refused_on_either_side() => await AssertRefusedByBothAsync(new OpenIdentity(_otherKey));

    [Fact]
    public async Task The_server_itself_is_no_member() => await AssertRefusedByBothAsync(new OpenIdentity(_server.Key));

    [Fact]
    public async Task A_certificate_that_a_member_signed_is_refused_on_either_side()
    {
        using var signer = new PrivateServerKey(_key);
        var identity = new MemberIdentity(_otherKey, _time);
        identity.Take(signer.Admit(_otherKey, Now, Now));

        await AssertRefusedByBothAsync(identity);
    }

    [Theory]
    [InlineData("has ended", -601)]
    [InlineData("begins later", 61)]
    public async Task A_certificate_that_is_not_valid_now_is_refused_on_either_side(string what, int seconds)
    {
        var identity = new MemberIdentity(_otherKey, _time);
        identity.Take(_server.Admit(_otherKey, Now.AddSeconds(seconds), Now));

        await AssertRefusedByBothAsync(identity, what);
    }

    [Theory]
    [InlineData(-599)]
    [InlineData(59)]
    public async Task A_certificate_is_accepted_from_a_minute_before_the_servers_time_to_ten_minutes_after_it(int seconds)
    {
        var identity = new MemberIdentity(_otherKey, _time);
        identity.Take(_server.Admit(_otherKey, Now.AddSeconds(seconds), Now));

        (await (await ConnectAsync(new AcceptingIdentity(identity), Member(_key))).Accepted).RemoteKey.Should().Be(_otherKey.Fingerprint);
    }

    [Fact]
    public async Task A_revoked_member_is_accepted_until_its_certificate_ends_and_its_connections_end_then()
    {
        var revoked = Member(_otherKey);
        var member = Member(_key);
        _time.Advance(TimeSpan.FromMinutes(9));
        member.Take(_server.Admit(_key, Now, Now));
        var (accepting, dialling) = await ConnectAsync(revoked, member);
        var (accepted, dialled) = (await accepting, await dialling);

        _time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        await dialled.Stream.WriteAsync(new byte[1]);
        (await accepted.Stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Deadline)).Should().Be(1, "the certificate is still valid");
        _time.Advance(TimeSpan.FromTicks(1));

        await AssertEndedAsync(dialled);
        _time.Advance(TimeSpan.FromSeconds(1));
        await AssertRefusedAsync((await ConnectAsync(new AcceptingIdentity(revoked), member)).Accepted);
    }

    [Fact]
    public async Task The_end_of_a_connection_ends_the_watch_over_its_certificate()
    {
        var (accepted, _) = await ConnectAsync(Member(_otherKey), Member(_key));
        var connection = await accepted;
        _time.ArmedTimers.Should().Be(1);

        await connection.DisposeAsync();

        _time.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task A_newer_certificate_is_shown_from_the_next_connection_on()
    {
        var dialler = Member(_otherKey);
        var member = Member(_key);
        _time.Advance(TimeSpan.FromMinutes(5));
        dialler.Take(_server.Admit(_otherKey, Now, Now));
        member.Take(_server.Admit(_key, Now, Now));
        var (accepted, dialled) = await ConnectAsync(dialler, member);
        await accepted;

        _time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        await (await dialled).Stream.WriteAsync(new byte[1]);
        _time.Advance(TimeSpan.FromTicks(1));

        await AssertEndedAsync(await dialled);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_that_is_a_day_off_does_not_keep_members_apart_and_ends_nothing_early(int days)
    {
        var serverTime = Now.AddDays(1);
        _time.Advance(TimeSpan.FromDays(1 + days));
        var (wrong, right) = (_time, new ManualTimeProvider());
        right.Advance(serverTime - right.GetUtcNow());
        var membership = _server.Admit(_key, serverTime, wrong.GetUtcNow());
        membership.ClockOffset.Should().Be(TimeSpan.FromDays(-days));
        var off = new MemberIdentity(_key, wrong);
        off.Take(membership);
        var other = new MemberIdentity(_otherKey, right);
        other.Take(_server.Admit(_otherKey, serverTime, right.GetUtcNow()));

        var (acceptedByRight, dialledByOff) = await ConnectAsync(off, other, right);
        (await acceptedByRight).RemoteKey.Should().Be(_key.Fingerprint);
        (await dialledByOff).RemoteKey.Should().Be(_otherKey.Fingerprint);
        var (accepted, dialled) = await ConnectAsync(other, off, wrong);
        (await accepted).RemoteKey.Should().Be(_otherKey.Fingerprint);

        wrong.UntilNextTimer.Should().Be(TimeSpan.FromMinutes(10));
        wrong.Advance(TimeSpan.FromMinutes(10));
        await AssertEndedAsync(await dialled);
    }

    [Fact]
    public async Task Before_its_first_certificate_a_client_of_a_private_server_accepts_nobody()
    {
        var waiting = new MemberIdentity(_key, _time);
        waiting.RequireMembers();

        foreach (var other in new TlsIdentity[] { Member(_otherKey), new OpenIdentity(_otherKey) })
        {
            var accepting = new AcceptingIdentity(other);
            await AssertRefusedAsync((await ConnectAsync(accepting, waiting)).Accepted);
            await AssertRefusedAsync((await ConnectAsync(waiting, accepting)).Dialled);
        }
    }

    [Fact]
    public async Task A_client_of_a_server_that_is_not_private_accepts_everybody()
    {
        var (accepted, _) = await ConnectAsync(new OpenIdentity(_otherKey), new MemberIdentity(_key, _time));

        (await accepted).RemoteKey.Should().Be(_otherKey.Fingerprint);
        _time.ArmedTimers.Should().Be(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Clear_text_is_refused_without_a_byte_where_members_are_required(bool hasCertificate)
    {
        var identity = new MemberIdentity(_key, _time);
        identity.RefusesClearText.Should().BeFalse();
        if (hasCertificate)
            identity.Take(_server.Admit(_key, Now, Now));
        else
            identity.RequireMembers();
        using var pair = new ConnectionPair();
        await pair.Far.Stream.WriteAsync("PROTO_VERSION 1.0\n"u8.ToArray());

        var accepting = new TlsAcceptor(identity, Deadline, _time).AcceptAsync(pair.Near, default);

        await AssertRefusedAsync(accepting);
        await AssertEndedAsync(pair.Far);
    }

    private static async Task AssertRefusedAsync(Task<Connection> connecting, string because = "") =>
        await connecting.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<TlsException>(because);

    // It was closed or reset, and no byte came before.
    private static async Task AssertEndedAsync(Connection connection)
    {
        try
        {
            (await connection.Stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Deadline)).Should().Be(0);
        }
        catch (IOException)
        {
            // A reset is an end, too.
        }
    }

    private MemberIdentity Member(ProgramKey key)
    {
        var identity = new MemberIdentity(key, _time);
        identity.Take(_server.Admit(key, Now, Now));
        return identity;
    }

    private async Task AssertRefusedByBothAsync(TlsIdentity other, string because = "")
    {
        var accepting = new AcceptingIdentity(other);
        await AssertRefusedAsync((await ConnectAsync(accepting, Member(_key))).Accepted, because);
        await AssertRefusedAsync((await ConnectAsync(Member(_key), accepting)).Dialled, because);
    }

    // Waits for both ends, also where one was refused: the task of that one fails.
    private async Task<(Task<Connection> Accepted, Task<Connection> Dialled)> ConnectAsync(
        TlsIdentity dialler, TlsIdentity acceptor, TimeProvider? acceptorTime = null)
    {
        var pair = new ConnectionPair();
        _pairs.Add(pair);
        var accepted = new TlsAcceptor(acceptor, Deadline, acceptorTime ?? _time).AcceptAsync(pair.Near, default);
        var dialled = new TlsDialer(dialler, Deadline, TimeProvider.System).SecureAsync(pair.Far, _ => true, default);
        await Task.WhenAll(Settled(accepted), Settled(dialled)).WaitAsync(Deadline);
        return (accepted, dialled);
    }

    private static Task Settled(Task task) => task.ContinueWith(_ => { }, TaskScheduler.Default);
}
