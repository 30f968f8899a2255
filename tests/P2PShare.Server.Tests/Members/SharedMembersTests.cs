using P2PShare.Networking.Security.Identities;
using P2PShare.Server.Members;
using P2PShare.Testing;

namespace P2PShare.Server.Tests.Members;

/// <summary>Two private servers of a cluster, whose shared value is in memory.</summary>
public sealed class SharedMembersTests : IAsyncDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(0.5);

    private readonly ManualTimeProvider _time = new();
    private readonly ProgramKey _key = ProgramKey.Create();
    private readonly ValueInMemory _value = new();
    private readonly ClusterMemberServer _one;
    private readonly ClusterMemberServer _other;

    public SharedMembersTests() => (_one, _other) = (new ClusterMemberServer(_key, _time), new ClusterMemberServer(_key, _time));

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
        _key.Dispose();
    }

    [Fact]
    public async Task An_invitation_of_one_server_is_good_at_the_other_once_and_its_member_is_one_at_both()
    {
        await ConnectAsync();
        var secret = _one.Invite("ayse");
        await Eventually(() => _other.File.Read().Invitations.Length == 1, "the invitation to come");

        (await _other.JoinAsync(secret, "ayse", 1)).Should().NotBeNull();
        (await _one.JoinAsync(secret, "ayse", 2)).Should().BeNull("the cluster knows that it was used, before this server does");

        await Eventually(() => _one.Knows(1), "the member to come");
        (_one.Knows(2), _other.Knows(2)).Should().Be((false, false));
    }

    [Fact]
    public async Task Of_several_that_use_an_invitation_at_the_same_instant_at_two_servers_one_joins()
    {
        await ConnectAsync();
        for (byte round = 0; round < 10; round++)
        {
            var user = $"user {round}";
            var secret = _one.Invite(user);
            await Eventually(() => _other.File.Read().Invitations.Length == 1, "the invitation to come");
            var first = (byte)((4 * round) + 1);

            var joined = await Task.WhenAll(
                Enumerable.Range(0, 4).Select(one => (one % 2 == 0 ? _one : _other).JoinAsync(secret, user, (byte)(first + one))));

            joined.Count(member => member is not null).Should().Be(1);
            await Eventually(() => _other.File.Read().Invitations.IsEmpty, "the use to come");
        }

        await Eventually(() => MemberMerge.AreSame(_one.File.Read(), _other.File.Read()), "both files to be equal");
        _one.File.Read().Members.Should().HaveCount(10, "no change is lost");
    }

    [Fact]
    public async Task A_revocation_at_one_server_ends_the_sessions_at_the_other()
    {
        await ConnectAsync();
        var member = await _other.JoinAsync(await InvitedAsync(), "ayse", 1);
        var ended = 0;
        using var session = _other.Registry.Track(member!, () => ended++);
        await Eventually(() => _one.Knows(1), "the member to come");

        _one.Revoke("ayse");

        await Eventually(() => ended == 1, "the session to end");
        _other.Knows(1).Should().BeFalse();
    }

    [Fact]
    public async Task A_server_that_was_away_learns_a_revocation_when_it_is_back_and_undoes_nothing()
    {
        await ConnectAsync();
        await _other.JoinAsync(await InvitedAsync(), "ayse", 1);
        await Eventually(() => _one.Knows(1), "the member to come");
        await _other.DisconnectAsync();

        var before = _value.Value;
        _one.Revoke("ayse");
        await Eventually(() => !_one.Knows(1) && _value.Value != before, "the revocation to reach the cluster");
        _other.Knows(1).Should().BeTrue("existing members go on working without the cluster");
        await _other.ConnectAsync(_value);

        _other.Knows(1).Should().BeFalse();
        await Eventually(() => MemberMerge.AreSame(_one.File.Read(), _other.File.Read()), "both files to be equal");
        _one.Knows(1).Should().BeFalse();
    }

    [Fact]
    public async Task Without_the_cluster_nobody_joins_and_the_reason_says_so()
    {
        var secret = _one.Invite("ayse");

        var join = () => _one.JoinAsync(secret, "ayse", 1);

        (await join.Should().ThrowAsync<IOException>()).Which.Message.Should().StartWith("there is no connection to the cluster");
        await ConnectAsync();
        (await _other.JoinAsync(secret, "ayse", 1)).Should().NotBeNull("the invitation is as good as before");
        _value.IsDown = true;
        await join.Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task A_server_with_another_key_is_refused_and_told_to_copy_the_key()
    {
        await ConnectAsync();
        using var key = ProgramKey.Create();
        await using var stranger = new ClusterMemberServer(key, _time);

        var joining = () => stranger.ConnectAsync(_value);

        (await joining.Should().ThrowAsync<InvalidDataException>()).Which.Message.Should().Contain("copy key.pem");
    }

    [Fact]
    public async Task A_list_that_nobody_with_the_key_has_signed_is_told_once_and_changes_nothing()
    {
        await ConnectAsync();
        await _one.JoinAsync(await InvitedAsync(), "ayse", 1);
        var forged = SharedMembersMessage.Format(MemberList.Empty, _key);
        forged[^1] ^= 1;

        _value.Value = forged;
        await Eventually(() => _one.Events.Lines.Count == 1, "the forged list to be told");
        _time.Advance(BetweenLooks);

        _one.Events.Lines.Should().ContainSingle().Which.Should().Contain("not signed by a server of this cluster");
        _one.Knows(1).Should().BeTrue();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(96)]
    [InlineData(97)]
    public void A_cut_message_is_refused(int length)
    {
        var message = SharedMembersMessage.Format(MemberList.Empty, _key);

        FluentActions.Invoking(() => SharedMembersMessage.Parse(message.AsSpan(0, length), _key)).Should().Throw<InvalidDataException>();
        MemberMerge.AreSame(SharedMembersMessage.Parse(message, _key), MemberList.Empty).Should().BeTrue();
    }

    [Fact]
    public void A_message_of_another_format_or_that_is_too_long_is_refused()
    {
        var message = SharedMembersMessage.Format(MemberList.Empty, _key);
        message[0]++;

        FluentActions.Invoking(() => SharedMembersMessage.Parse(message, _key))
            .Should().Throw<InvalidDataException>().WithMessage("*update*");
        FluentActions.Invoking(() => SharedMembersMessage.Parse(new byte[SharedMembersMessage.MaxBytes + 1], _key))
            .Should().Throw<InvalidDataException>();
    }

    private async Task ConnectAsync()
    {
        await _one.ConnectAsync(_value);
        await _other.ConnectAsync(_value);
    }

    private async Task<Protocol.Identity.InvitationSecret> InvitedAsync()
    {
        var secret = _one.Invite("ayse");
        await Eventually(() => _other.File.Read().Invitations.Length == 1, "the invitation to come");
        return secret;
    }

    // Each attempt lets the servers look.
    private Task Eventually(Func<bool> condition, string what) => Testing.Eventually.True(
        () =>
        {
            _time.Advance(BetweenLooks);
            return condition();
        },
        what);
}
