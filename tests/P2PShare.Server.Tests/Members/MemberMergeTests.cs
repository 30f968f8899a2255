using P2PShare.Protocol.Identity;
using P2PShare.Server.Members;

namespace P2PShare.Server.Tests.Members;

/// <summary>What becomes of the list of a cluster and the list of one server's file.</summary>
public sealed class MemberMergeTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = Now.AddHours(1);
    private static readonly UserName Ayse = MemberState.User("ayse");
    private static readonly UserName Veli = MemberState.User("veli");

    private readonly InvitationSecret _secret = InvitationSecret.Create();

    [Fact]
    public void The_first_list_of_a_cluster_is_that_of_the_file()
    {
        var own = Join(Invited(MemberList.Empty, Veli), Ayse, 1);

        Merge(MemberList.Empty, own).Should().BeEquivalentTo(own);
    }

    [Fact]
    public void Members_and_invitations_of_both_are_united_the_clusters_first()
    {
        var cluster = Join(MemberList.Empty, Ayse, 1);
        var own = Invited(Join(MemberList.Empty, Veli, 2), MemberState.User("can"));

        var merged = Merge(cluster, own);

        merged.Members.Should().Equal([.. cluster.Members, .. own.Members]);
        merged.Invitations.Should().Equal(own.Invitations);
        MemberMerge.AreSame(Merge(merged, own), merged).Should().BeTrue("a merge that was made changes nothing");
        MemberMerge.AreSame(Merge(merged, cluster), merged).Should().BeTrue();
        MemberMerge.AreSame(merged, cluster).Should().BeFalse();
    }

    [Fact]
    public void Where_both_have_a_name_or_a_key_the_clusters_entry_stays_and_the_other_is_named()
    {
        var cluster = Join(MemberList.Empty, Ayse, 1);
        var (otherKey, otherName) = (Join(MemberList.Empty, Ayse, 2), Join(MemberList.Empty, Veli, 1));

        Merge(cluster, otherKey).Members.Should().Equal(cluster.Members);
        Merge(cluster, otherName).Members.Should().Equal(cluster.Members);
        MemberMerge.Displaced(otherKey, Merge(cluster, otherKey)).Should().Equal(Ayse);
        MemberMerge.Displaced(otherName, Merge(cluster, otherName)).Should().Equal(Veli);
        MemberMerge.Displaced(cluster, Merge(cluster, otherName)).Should().BeEmpty();
    }

    [Fact]
    public void Of_two_invitations_to_one_name_the_clusters_stays()
    {
        var (cluster, own) = (Invited(MemberList.Empty, Ayse), Invite(MemberList.Empty, Ayse, InvitationSecret.Create()));

        var merged = Merge(cluster, own);

        merged.Invitations.Should().Equal(cluster.Invitations);
        MemberMerge.Displaced(own, merged).Should().Equal(Ayse);
    }

    [Fact]
    public void An_invitation_that_replaced_another_one_at_this_server_replaces_it_in_the_cluster()
    {
        var cluster = Invited(MemberList.Empty, Ayse);
        var own = Invite(cluster, Ayse, InvitationSecret.Create());

        Merge(cluster, own).Invitations.Should().Equal(own.Invitations);
        Merge(own, cluster).Invitations.Should().Equal(own.Invitations, "the older file does not bring the older one back");
    }

    [Fact]
    public void A_member_that_was_revoked_at_one_server_is_gone_and_does_not_come_back_from_an_old_file()
    {
        var before = Join(Join(MemberList.Empty, Ayse, 1), Veli, 2);
        var after = before.Revoke(Ayse, Later)!;

        Merge(before, after).Members.Should().Equal(after.Members, "the revocation is carried into the cluster");
        Merge(after, before).Members.Should().Equal(after.Members, "and an older file does not undo it");
        MemberMerge.Displaced(before, Merge(after, before)).Should().BeEmpty();
    }

    [Fact]
    public void Who_joins_again_with_the_same_key_is_a_member_whatever_the_clocks_say()
    {
        var before = Join(MemberList.Empty, Ayse, 1);
        var revoked = before.Revoke(Ayse, Later)!;

        // The clock of this server is an hour behind that of the server at which the member was revoked.
        var again = Join(revoked, Ayse, 1);

        Merge(again, before).Members.Should().Equal(again.Members);
        Merge(revoked, again).Members.Should().Equal(again.Members);
        again.Revoke(Ayse, Now)!.Revocations[^1].At.Should().BeOnOrAfter(again.Members[0].Since);
        Merge(again.Revoke(Ayse, Now)!, again).Members.Should().BeEmpty();
    }

    [Fact]
    public void An_invitation_that_was_used_does_not_come_back_from_an_old_file_also_when_its_member_was_revoked()
    {
        var before = Invited(MemberList.Empty, Ayse);
        var used = before.Join(_secret, Ayse, MemberState.Key(1), Now)!;

        Merge(used, before).Invitations.Should().BeEmpty();
        Merge(used.Revoke(Ayse, Later)!, before).Should().BeEquivalentTo(used.Revoke(Ayse, Later));
        Merge(before.Revoke(Ayse, Later)!, before).Invitations.Should().BeEmpty("a revoked invitation stays so, too");
    }

    [Fact]
    public void What_has_expired_is_not_taken_from_a_file_and_stays_where_the_cluster_has_it()
    {
        var list = Invited(MemberList.Empty, Ayse);
        var expired = Now.AddDays(7);

        MemberMerge.Of(MemberList.Empty, list, expired).Invitations.Should().BeEmpty();
        MemberMerge.Of(list, MemberList.Empty, expired).Invitations.Should().Equal(list.Invitations);
        var closed = list.Revoke(Ayse, Now)!;
        MemberMerge.Of(MemberList.Empty, closed, expired).ClosedInvitations.Should().BeEmpty();
        MemberMerge.Of(closed, MemberList.Empty, expired).ClosedInvitations.Should().Equal(closed.ClosedInvitations);
    }

    [Fact]
    public void The_newest_revocations_are_kept_and_no_more_than_a_thousand()
    {
        var (even, odd) = (Ended(0), Ended(1));

        var merged = Merge(even, odd);

        merged.Revocations.Should().HaveCount(MemberList.MaxEnded);
        merged.Revocations.Select(one => one.At).Min().Should().Be(Now.AddSeconds(MemberList.MaxEnded));
        MemberMerge.AreSame(Merge(merged, even), merged).Should().BeTrue("servers do not go on changing the list in turns");
        MemberMerge.AreSame(Merge(merged, odd), merged).Should().BeTrue();
    }

    private static MemberList Ended(int first) => MemberList.Empty with
    {
        Revocations =
        [
            .. Enumerable.Range(0, MemberList.MaxEnded)
                .Select(one => new Revocation(Ayse, MemberState.Key(1), Now.AddSeconds((2 * one) + first))),
        ],
    };

    private static MemberList Merge(MemberList cluster, MemberList own) => MemberMerge.Of(cluster, own, Now);

    private static MemberList Invite(MemberList list, UserName user, InvitationSecret secret) =>
        list.Invite(new Invitation(user, secret.Hash, Now.AddDays(7)), Now)!;

    private static MemberList Join(MemberList list, UserName user, byte key)
    {
        var secret = InvitationSecret.Create();
        return Invite(list, user, secret).Join(secret, user, MemberState.Key(key), Now)!;
    }

    private MemberList Invited(MemberList list, UserName user) => Invite(list, user, _secret);
}
