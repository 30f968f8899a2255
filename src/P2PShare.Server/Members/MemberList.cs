using System.Collections.Immutable;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Members;

/// <summary>The members and the open invitations of a private server. A value: each change makes another one.</summary>
internal sealed record MemberList(ImmutableArray<Member> Members, ImmutableArray<Invitation> Invitations)
{
    /// <summary>
    /// The most revocations that are kept, and the most closed invitations. The list has to fit into a message of NATS, and servers that
    /// were away while a thousand members were revoked are rare.
    /// </summary>
    public const int MaxEnded = 1000;

    public static MemberList Empty { get; } = new([], []);

    /// <summary>The newest memberships that were ended, at most <see cref="MaxEnded"/>.</summary>
    public ImmutableArray<Revocation> Revocations { get; init; } = [];

    /// <summary>The invitations that were used, replaced or revoked, at most <see cref="MaxEnded"/>: those that expire last.</summary>
    public ImmutableArray<ClosedInvitation> ClosedInvitations { get; init; } = [];

    public Member? Find(KeyFingerprint key) => Members.FirstOrDefault(member => member.Key == key);

    public Member? Find(UserName user) => Members.FirstOrDefault(member => member.User == user);

    /// <summary>An open invitation with this secret and this name, or null.</summary>
    public Invitation? FindInvitation(InvitationSecret secret, UserName user, DateTimeOffset now)
    {
        var hash = secret.Hash;
        return Open(now).FirstOrDefault(open => open.SecretHash == hash && open.User == user);
    }

    /// <summary>
    /// Adds an invitation. One to the same name that was not used yet is void from then on, and so is every one that expired.
    /// </summary>
    /// <returns>Null where the name is a member's.</returns>
    public MemberList? Invite(Invitation invitation, DateTimeOffset now)
    {
        if (Find(invitation.User) is not null)
            return null;
        var others = Close(open => open.User == invitation.User, now);
        return others with { Invitations = [.. others.Invitations, invitation] };
    }

    /// <summary>Makes a key a member's, and the invitation void.</summary>
    /// <returns>Null where no open invitation has this secret and this name.</returns>
    public MemberList? Join(InvitationSecret secret, UserName user, KeyFingerprint key, DateTimeOffset now)
    {
        if (FindInvitation(secret, user, now) is not { } invitation || Find(user) is not null || Find(key) is not null)
            return null;
        var since = Revocations.Where(ended => ended.User == user && ended.Key == key).Select(ended => After(ended.At)).Append(now).Max();
        return Close(open => open == invitation, now) with { Members = [.. Members, new Member(user, key, since)] };
    }

    /// <summary>Removes a member, and an invitation to the name.</summary>
    /// <returns>Null where there is neither.</returns>
    public MemberList? Revoke(UserName user, DateTimeOffset now)
    {
        if (Find(user) is null && Invitations.All(open => open.User != user))
            return null;

        // The clock of the server at which the member joined may have been ahead.
        var ended = Members.Where(member => member.User == user)
            .Select(member => new Revocation(user, member.Key, member.Since > now ? member.Since : now));
        return Close(open => open.User == user, now) with
        {
            Members = [.. Members.Where(member => member.User != user)],
            Revocations = Newest([.. Revocations, .. ended]),
        };
    }

    /// <summary>Of revocations, those that are kept; in their order where all are.</summary>
    public static ImmutableArray<Revocation> Newest(ImmutableArray<Revocation> all) =>
        all.Length <= MaxEnded ? all : [.. all.OrderByDescending(ended => ended.At).Take(MaxEnded)];

    /// <summary>Of closed invitations, those that are kept; in their order where all are.</summary>
    public static ImmutableArray<ClosedInvitation> Newest(ImmutableArray<ClosedInvitation> all) =>
        all.Length <= MaxEnded ? all : [.. all.OrderByDescending(closed => closed.Until).Take(MaxEnded)];

    private MemberList Close(Func<Invitation, bool> isClosed, DateTimeOffset now)
    {
        var closed = Open(now).Where(isClosed).Select(open => new ClosedInvitation(open.SecretHash, open.Until));
        return this with
        {
            Invitations = [.. Open(now).Where(open => !isClosed(open))],
            ClosedInvitations = Newest([.. ClosedInvitations.Where(other => now < other.Until), .. closed]),
        };
    }

    private IEnumerable<Invitation> Open(DateTimeOffset now) => Invitations.Where(invitation => now < invitation.Until);

    // The next moment, so that who joins again with the same name and key is not taken for the one who was revoked.
    private static DateTimeOffset After(DateTimeOffset at) => at < DateTimeOffset.MaxValue ? at.ToUniversalTime().AddTicks(1) : at;
}
