using System.Net;
using System.Net.NetworkInformation;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads;

/// <summary>Recognizes this peer among the owners, so that it does not fetch from itself.</summary>
/// <param name="port">The port that this peer listens on.</param>
internal sealed class OwnAddresses(int port)
{
    private readonly Lazy<HashSet<IPAddress>> _local = new(() =>
        [.. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(address => PeerAddress.Canonical(address.Address))]);

    public bool Contains(PeerAddress owner) => owner.Port == port && (IPAddress.IsLoopback(owner.Ip) || _local.Value.Contains(owner.Ip));
}
