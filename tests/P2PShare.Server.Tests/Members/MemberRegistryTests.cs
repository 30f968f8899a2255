using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Members;
using P2PShare.Testing;

namespace P2PShare.Server.Tests.Members;

public sealed class MemberRegistryTests : IAsyncDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly MemberState _state = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _following = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following.WaitAsync(Patience);
        _stop.Dispose();
        _state.Dispose();
    }

    [Fact]
    public async Task A_key_that_has_joined_is_a_members_at_once_and_after_a_restart()
    {
        var secret = _state.Invite("ayse");

        var member = await JoinAsync(_state.Registry, secret, "ayse", 1);

        member.Should().NotBeNull();
        _state.Registry.Find(MemberState.Key(1)).Should().Be(member);
        (await JoinAsync(_state.Registry, secret, "ayse", 2)).Should().BeNull("the invitation was used");
        _state.Registry.Find(MemberState.Key(2)).Should().BeNull();
        Restarted().Find(MemberState.Key(1)).Should().Be(member);
    }

    [Fact]
    public async Task Each_of_many_that_join_at_once_is_told_that_it_is_a_member()
    {
        const int Count = 16;
        var secrets = Enumerable.Range(0, Count).Select(one => _state.Invite($"user {one}")).ToList();
        var joining = secrets.Select((secret, one) => Task.Run(() => JoinAsync(_state.Registry, secret, $"user {one}", (byte)(one + 1))));

        var members = await Task.WhenAll(joining);

        members.Should().NotContainNulls();
        members.Should().AllSatisfy(member => _state.Registry.Find(member!.Key).Should().Be(member));
    }

    [Fact]
    public async Task Within_half_a_second_a_revoked_member_is_none_and_its_sessions_end_and_those_of_others_go_on()
    {
        var (ayse, veli) = (_state.Join("ayse", MemberState.Key(1)), _state.Join("veli", MemberState.Key(2)));
        var ended = new List<string>();
        using var first = _state.Registry.Track(ayse, () => ended.Add("ayse"));
        using var second = _state.Registry.Track(ayse, () => ended.Add("ayse"));
        using var other = _state.Registry.Track(veli, () => ended.Add("veli"));
        await FollowAsync();

        _state.Revoke("ayse");
        _state.Registry.Find(ayse.Key).Should().NotBeNull("the file was not looked at yet");
        _state.Time.Advance(BetweenLooks);

        await Eventually.True(() => ended.Count == 2, "the sessions to end");
        ended.Should().Equal("ayse", "ayse");
        _state.Registry.Find(ayse.Key).Should().BeNull();
        _state.Registry.Find(veli.Key).Should().Be(veli);
    }

    [Fact]
    public async Task A_session_that_has_ended_is_not_ended_again()
    {
        var ayse = _state.Join("ayse", MemberState.Key(1));
        var ended = 0;
        _state.Registry.Track(ayse, () => ended++).Dispose();
        await FollowAsync();

        _state.Revoke("ayse");
        _state.Time.Advance(BetweenLooks);

        await Eventually.True(() => _state.Registry.Find(ayse.Key) is null, "the revocation");
        ended.Should().Be(0);
    }

    [Fact]
    public void A_session_of_somebody_who_is_no_member_any_more_ends_at_once()
    {
        var ayse = _state.Join("ayse", MemberState.Key(1));
        _state.Revoke("ayse");
        _state.Registry.Load();
        var ended = 0;

        _state.Registry.Track(ayse, () => ended++).Dispose();

        ended.Should().Be(1);
    }

    [Theory]
    [InlineData("broken")]
    [InlineData("""{"members": [null], "invitations": []}""")]
    public async Task A_broken_file_leaves_the_members_as_they_were_is_told_once_and_is_followed_further(string content)
    {
        var ayse = _state.Join("ayse", MemberState.Key(1));
        var ended = 0;
        using var session = _state.Registry.Track(ayse, () => ended++);
        var whole = await File.ReadAllBytesAsync(_state.FilePath);
        await FollowAsync();

        await File.WriteAllTextAsync(_state.FilePath, content);
        for (var look = 0; look < 3; look++)
        {
            _state.Time.Advance(BetweenLooks);
            await Eventually.True(() => _state.Events.Lines.Count == 1, "the broken file to be told");
        }

        (_state.Registry.Find(ayse.Key), ended).Should().Be((ayse, 0));
        _state.Events.Lines.Should().ContainSingle().Which.Should().Contain(_state.FilePath);
        await File.WriteAllBytesAsync(_state.FilePath, whole);
        _state.Revoke("ayse");
        _state.Time.Advance(BetweenLooks);
        await Eventually.True(() => ended == 1, "the mended file to be read");
    }

    [Fact]
    public async Task Somebody_who_joins_through_another_program_is_a_member_here_too()
    {
        await FollowAsync();

        (await JoinAsync(Restarted(), _state.Invite("ayse"), "ayse", 1)).Should().NotBeNull();
        _state.Time.Advance(BetweenLooks);

        await Eventually.True(() => _state.Registry.Find(MemberState.Key(1)) is not null, "the change to be noticed");
    }

    [Fact]
    public void A_certificate_is_signed_by_the_server_and_valid_for_ten_minutes()
    {
        using var key = ProgramKey.Create();

        var reply = _state.Registry.Certify(key.PublicKey);

        var now = _state.Time.GetUtcNow();
        reply.ServerTime.Should().Be(now);
        using var certificate = X509CertificateLoader.LoadCertificate(reply.Member.Span);
        using var issuer = X509CertificateLoader.LoadCertificate(reply.Issuer.Span);
        certificate.PublicKey.ExportSubjectPublicKeyInfo().Should().Equal(key.PublicKey);
        issuer.PublicKey.ExportSubjectPublicKeyInfo().Should().Equal(_state.ServerKey.PublicKey);
        certificate.NotAfter.ToUniversalTime().Should().Be(now.UtcDateTime.AddMinutes(10));
        Membership.TryCreate(key, _state.ServerKey.Fingerprint, reply, now)!.Until.Should().Be(now.AddMinutes(10));
    }

    [Fact]
    public void A_member_whose_key_is_of_another_kind_gets_a_certificate_too()
    {
        using var rsa = RSA.Create(2048);

        var reply = _state.Registry.Certify(rsa.ExportSubjectPublicKeyInfo());

        using var certificate = X509CertificateLoader.LoadCertificate(reply.Member.Span);
        certificate.PublicKey.ExportSubjectPublicKeyInfo().Should().Equal(rsa.ExportSubjectPublicKeyInfo());
        certificate.Issuer.Should().Be(_state.ServerKey.Certificate.Subject);
    }

    private static Task<Member?> JoinAsync(MemberRegistry registry, InvitationSecret secret, string user, byte key) =>
        registry.JoinAsync(secret, MemberState.User(user), MemberState.Key(key), CancellationToken.None);

    private MemberRegistry Restarted()
    {
        var registry = new MemberRegistry(new MemberFile(_state.FolderPath), _state.ServerKey, _state.Time, _state.Log);
        registry.Load();
        return registry;
    }

    private async Task FollowAsync()
    {
        _following = _state.Registry.RunAsync(_stop.Token);
        await Eventually.True(() => _state.Time.ArmedTimers == 1, "the timer");
    }
}
