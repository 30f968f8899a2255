namespace P2PShare.Server.Members;

/// <summary>
/// An invitation that was used, replaced or revoked before it expired. It is kept until then, so that an older list of another server of
/// the cluster does not bring it back.
/// </summary>
/// <param name="SecretHash">That of the <see cref="Invitation"/>.</param>
/// <param name="Until">When the invitation expires.</param>
internal sealed record ClosedInvitation(string SecretHash, DateTimeOffset Until);
