using System.Net;
using System.Net.NetworkInformation;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads;

/// <summary>Knows this client's own address among the owners, since nobody need fetch from himself.</summary>
internal sealed class OwnAddresses(int port)
{
    private readonly Lazy<HashSet<IPAddress>> _local = new(() =>
        [.. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(address => PeerAddress.Canonical(address.Address))]);

    public bool Contains(PeerAddress owner) => owner.Port == port && (IPAddress.IsLoopback(owner.Ip) || _local.Value.Contains(owner.Ip));
}
