using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Members;

/// <summary>
/// Unites the list of a cluster with that of one server's file. Lists hold what was ended in them, so this carries every change of the
/// file, and needs not know what the file was before.
/// </summary>
internal static class MemberMerge
{
    /// <summary>
    /// All members and open invitations of both that neither has ended. Where both have a name or a key, the cluster's entry stays.
    /// </summary>
    /// <param name="cluster">The list of the cluster.</param>
    /// <param name="own">The list of the server's file.</param>
    /// <param name="now">
    /// What has expired is not taken from <paramref name="own"/>. What the cluster has stays: the clocks of two servers differ, and one
    /// would remove what the other adds again.
    /// </param>
    /// <returns>Where that changes nothing, a list that <see cref="AreSame"/> finds equal to the cluster's.</returns>
    public static MemberList Of(MemberList cluster, MemberList own, DateTimeOffset now)
    {
        var ended = MemberList.Empty with
        {
            Revocations = MemberList.Newest([.. cluster.Revocations.Union(own.Revocations)]),
            ClosedInvitations = MemberList.Newest(
                [.. cluster.ClosedInvitations.Union(own.ClosedInvitations.Where(closed => now < closed.Until))]),
        };
        var (clusters, owns) = (Without(cluster, ended), Without(own, ended));
        var names = clusters.Members.Select(member => member.User).Concat(clusters.Invitations.Select(open => open.User)).ToHashSet();
        var keys = clusters.Members.Select(member => member.Key).ToHashSet();
        var members = owns.Members.Where(member => !names.Contains(member.User) && keys.Add(member.Key)).ToList();
        names.UnionWith(members.Select(member => member.User));
        var invitations = owns.Invitations.Where(open => now < open.Until && names.Add(open.User));
        return ended with { Members = [.. clusters.Members, .. members], Invitations = [.. clusters.Invitations, .. invitations] };
    }

    /// <summary>The names whose entry in a server's list a merge has replaced by another one.</summary>
    /// <param name="own">The list before.</param>
    /// <param name="merged">The result of <see cref="Of"/>.</param>
    public static IReadOnlyList<UserName> Displaced(MemberList own, MemberList merged)
    {
        var left = Without(own, merged);
        var members = left.Members.Except(merged.Members).Select(member => member.User);
        var invitations = left.Invitations.Except(merged.Invitations).Select(open => open.User);
        var names = merged.Members.Select(member => member.User).Concat(merged.Invitations.Select(open => open.User)).ToHashSet();
        var keys = merged.Members.Select(member => member.Key).ToHashSet();
        var others = left.Members.Where(member => keys.Contains(member.Key)).Select(member => member.User);
        var same = members.Where(user => names.Contains(user) || others.Contains(user));
        return [.. same.Concat(invitations.Where(names.Contains)).Distinct()];
    }

    /// <summary>Whether two lists have the same entries in the same order.</summary>
    public static bool AreSame(MemberList one, MemberList other) =>
        one.Members.SequenceEqual(other.Members)
        && one.Invitations.SequenceEqual(other.Invitations)
        && one.Revocations.SequenceEqual(other.Revocations)
        && one.ClosedInvitations.SequenceEqual(other.ClosedInvitations);

    private static MemberList Without(MemberList list, MemberList ended)
    {
        var revoked = ended.Revocations.ToLookup(one => (one.User, one.Key), one => one.At);
        var closed = ended.ClosedInvitations.Select(one => one.SecretHash).ToHashSet();
        return new MemberList(
            [.. list.Members.Where(member => !revoked[(member.User, member.Key)].Any(at => member.Since <= at))],
            [.. list.Invitations.Where(open => !closed.Contains(open.SecretHash))]);
    }
}
