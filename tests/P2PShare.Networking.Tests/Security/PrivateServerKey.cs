using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Networking.Tests.Security;

/// <summary>The key of a private server, which signs certificates as PROTOCOL.md, section 5.4, says.</summary>
/// <param name="key">The key, or null for a new one.</param>
internal sealed class PrivateServerKey(ProgramKey? key = null) : IDisposable
{
    public ProgramKey Key { get; } = key ?? ProgramKey.Create();

    /// <summary>What the server sends to a member.</summary>
    public CertificateReply Certify(ProgramKey member, DateTimeOffset serverTime)
    {
        using var certificate = Key.Sign(member.PublicKey, serverTime.AddMinutes(-1), serverTime.AddMinutes(10));
        return new CertificateReply(serverTime, certificate.RawData, Key.Certificate.RawData);
    }

    /// <summary>What a member makes of that.</summary>
    /// <param name="member">The member's key.</param>
    /// <param name="serverTime">The server's clock.</param>
    /// <param name="memberTime">The member's clock at the same moment.</param>
    public Membership Admit(ProgramKey member, DateTimeOffset serverTime, DateTimeOffset memberTime) =>
        Membership.TryCreate(member, Key.Fingerprint, Certify(member, serverTime), memberTime)!;

    public void Dispose()
    {
        if (key is null)
            Key.Dispose();
    }
}
