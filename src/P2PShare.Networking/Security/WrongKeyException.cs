using P2PShare.Protocol.Identity;

namespace P2PShare.Networking.Security;

/// <summary>The other side proved to have a key, and it is not the expected one.</summary>
public sealed class WrongKeyException(KeyFingerprint key) : IOException("another key than the expected one answers there")
{
    /// <summary>The key that answered.</summary>
    public KeyFingerprint Key { get; } = key;
}
