using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Members;

/// <summary>
/// A membership that was ended. It is kept so that an older list of another server of the cluster does not bring the member back.
/// </summary>
/// <param name="User">The member's name.</param>
/// <param name="Key">The member's key.</param>
/// <param name="At">Every membership of this name and key that did not begin later has ended.</param>
internal sealed record Revocation(UserName User, KeyFingerprint Key, DateTimeOffset At);
