using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Members;

/// <summary>Lets one key become a member's, once.</summary>
/// <param name="User">The name that the new member has.</param>
/// <param name="SecretHash">Of the <see cref="InvitationSecret"/>.</param>
/// <param name="Until">When it expires.</param>
internal sealed record Invitation(UserName User, string SecretHash, DateTimeOffset Until);
