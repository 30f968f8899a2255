using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Members;

/// <summary>Somebody who may use a private server.</summary>
/// <param name="User">The name, which belongs to this key.</param>
/// <param name="Key">What the member's client proves to have.</param>
/// <param name="Since">When it joined.</param>
internal sealed record Member(UserName User, KeyFingerprint Key, DateTimeOffset Since);
