using System.Net;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Index.Servers;

/// <summary>A server that this client may connect to.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="IsLearned">Another server named it; the user did not.</param>
/// <param name="Key">
/// The key that it must have, as the other server said; null where it does not encrypt, and for a server that the user named.
/// </param>
internal sealed record ServerCandidate(EndPoint Address, bool IsLearned, KeyFingerprint? Key)
{
    /// <summary>As <c>host:port</c>. Candidates with the same one, in either case, are the same server.</summary>
    public string Name { get; } = ServerAddress.Format(
        Address is IPEndPoint ip ? new IPEndPoint(PeerAddress.Canonical(ip.Address), ip.Port) : Address);

    public bool IsSameServer(ServerCandidate other) => string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase);
}
