using System.Collections.Immutable;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Members;

/// <summary>The members and the open invitations of a private server. A value: each change makes another one.</summary>
internal sealed record MemberList(ImmutableArray<Member> Members, ImmutableArray<Invitation> Invitations)
{
    public static MemberList Empty { get; } = new([], []);

    public Member? Find(KeyFingerprint key) => Members.FirstOrDefault(member => member.Key == key);

    public Member? Find(UserName user) => Members.FirstOrDefault(member => member.User == user);

    /// <summary>
    /// Adds an invitation. One to the same name that was not used yet is void from then on, and so is every one that expired.
    /// </summary>
    /// <returns>Null where the name is a member's.</returns>
    public MemberList? Invite(Invitation invitation, DateTimeOffset now) => Find(invitation.User) is not null
        ? null
        : this with { Invitations = [.. Open(now).Where(other => other.User != invitation.User), invitation] };

    /// <summary>Makes a key a member's, and the invitation void.</summary>
    /// <returns>Null where no open invitation has this secret and this name.</returns>
    public MemberList? Join(InvitationSecret secret, UserName user, KeyFingerprint key, DateTimeOffset now)
    {
        var hash = secret.Hash;
        var invitation = Open(now).FirstOrDefault(open => open.SecretHash == hash && open.User == user);
        return invitation is null || Find(user) is not null || Find(key) is not null
            ? null
            : new MemberList([.. Members, new Member(user, key, now)], [.. Open(now).Where(open => open != invitation)]);
    }

    /// <summary>Removes a member, and an invitation to the name.</summary>
    /// <returns>Null where there is neither.</returns>
    public MemberList? Revoke(UserName user)
    {
        var without = new MemberList(
            [.. Members.Where(member => member.User != user)], [.. Invitations.Where(open => open.User != user)]);
        return without.Members.Length == Members.Length && without.Invitations.Length == Invitations.Length ? null : without;
    }

    private IEnumerable<Invitation> Open(DateTimeOffset now) => Invitations.Where(invitation => now < invitation.Until);
}
