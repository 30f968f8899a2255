using P2PShare.Protocol.Identity;

namespace P2PShare.Networking.Security.Identities;

/// <summary>Who the other side proved to be.</summary>
/// <param name="Key">Its key; null where it showed none.</param>
/// <param name="Until">When that ends to be valid, by this machine's clock; null for never.</param>
internal readonly record struct RemoteIdentity(KeyFingerprint? Key, DateTimeOffset? Until = null);
