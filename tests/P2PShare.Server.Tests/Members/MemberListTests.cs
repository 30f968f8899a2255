using P2PShare.Protocol.Identity;
using P2PShare.Server.Members;

namespace P2PShare.Server.Tests.Members;

public sealed class MemberListTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly UserName Ayse = MemberState.User("ayse");
    private static readonly UserName Veli = MemberState.User("veli");
    private static readonly KeyFingerprint Key = MemberState.Key(1);

    private readonly InvitationSecret _secret = InvitationSecret.Create();

    [Fact]
    public void An_invited_key_becomes_a_members_and_the_invitation_is_void()
    {
        var joined = Invited().Join(_secret, Ayse, Key, Now)!;

        joined.Find(Key).Should().Be(new Member(Ayse, Key, Now));
        joined.Find(Ayse).Should().Be(joined.Find(Key));
        joined.Invitations.Should().BeEmpty();
        joined.Join(_secret, Ayse, MemberState.Key(2), Now).Should().BeNull("it was used");
    }

    [Fact]
    public void Another_secret_or_another_name_does_not_use_an_invitation()
    {
        Invited().Join(InvitationSecret.Create(), Ayse, Key, Now).Should().BeNull();
        Invited().Join(_secret, Veli, Key, Now).Should().BeNull();
        MemberList.Empty.Join(_secret, Ayse, Key, Now).Should().BeNull();
    }

    [Fact]
    public void An_invitation_is_good_until_the_moment_it_expires()
    {
        Invited().Join(_secret, Ayse, Key, Now.AddDays(7) - TimeSpan.FromTicks(1)).Should().NotBeNull();
        Invited().Join(_secret, Ayse, Key, Now.AddDays(7)).Should().BeNull();
    }

    [Fact]
    public void A_second_invitation_to_a_name_makes_the_first_one_void()
    {
        var second = InvitationSecret.Create();
        var list = Invited().Invite(new Invitation(Ayse, second.Hash, Now.AddDays(1)), Now)!;

        list.Invitations.Should().ContainSingle();
        list.Join(_secret, Ayse, Key, Now).Should().BeNull();
        list.Join(second, Ayse, Key, Now).Should().NotBeNull();
    }

    [Fact]
    public void Invitations_that_have_expired_are_removed_by_the_next_change()
    {
        var later = Now.AddDays(8);
        var other = new Invitation(Veli, _secret.Hash, later.AddDays(1));

        Invited().Invite(other, later)!.Invitations.Should().Equal(other);
    }

    [Fact]
    public void A_members_name_cannot_be_invited() =>
        Joined().Invite(new Invitation(Ayse, _secret.Hash, Now.AddDays(1)), Now).Should().BeNull();

    [Fact]
    public void A_key_has_one_name_and_a_name_has_one_key()
    {
        var secret = InvitationSecret.Create();
        var list = Joined().Invite(new Invitation(Veli, secret.Hash, Now.AddDays(1)), Now)!;
        list.Join(secret, Veli, Key, Now).Should().BeNull("the key is that of another member");

        // Written by hand: no command makes it.
        var both = list with { Invitations = [.. list.Invitations, new Invitation(Ayse, _secret.Hash, Now.AddDays(1))] };
        both.Join(_secret, Ayse, MemberState.Key(2), Now).Should().BeNull("the name is that of another member");
    }

    [Fact]
    public void A_revoked_member_is_removed_and_the_others_stay()
    {
        var secret = InvitationSecret.Create();
        var list = Joined().Invite(new Invitation(Veli, secret.Hash, Now.AddDays(1)), Now)!.Join(secret, Veli, MemberState.Key(2), Now)!;

        var left = list.Revoke(Ayse, Now)!;

        left.Members.Should().Equal(new Member(Veli, MemberState.Key(2), Now));
        left.Revoke(Ayse, Now).Should().BeNull("there is nobody of this name any more");
    }

    [Fact]
    public void Revoking_a_name_makes_its_invitation_void()
    {
        var revoked = Invited().Revoke(Ayse, Now)!;

        revoked.Join(_secret, Ayse, Key, Now).Should().BeNull();
        Invited().Revoke(Veli, Now).Should().BeNull();
    }

    private MemberList Invited() => MemberList.Empty.Invite(new Invitation(Ayse, _secret.Hash, Now.AddDays(7)), Now)!;

    private MemberList Joined() => Invited().Join(_secret, Ayse, Key, Now)!;
}
