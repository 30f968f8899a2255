using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Presence;

/// <summary>What WHOIS shows of a session.</summary>
/// <param name="User">The name of its last REGISTER.</param>
/// <param name="Key">The key that its client proved to have; null in clear text.</param>
internal readonly record struct SessionDescription(UserName User, KeyFingerprint? Key);
