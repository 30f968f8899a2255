using System.Collections.Concurrent;
using System.Net;

namespace P2PShare.Peer.Sharing;

/// <summary>The addresses that have given this peer a verified piece. Whoever gives is served before others. Thread-safe.</summary>
internal sealed class GivingPeers
{
    // Many more than a peer is connected to at once. When there are as many, it begins anew.
    private const int MaxAddresses = 10_000;

    private readonly ConcurrentDictionary<IPAddress, byte> _addresses = new();

    public void Add(IPAddress address)
    {
        if (_addresses.Count >= MaxAddresses)
            _addresses.Clear();
        _addresses.TryAdd(address, 0);
    }

    public bool Contains(IPAddress address) => _addresses.ContainsKey(address);
}
