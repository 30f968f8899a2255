using System.Net;
using P2PShare.Networking;

namespace P2PShare.Simulation;

/// <summary>A host on the simulated network: an address, a link with a latency and a bandwidth, and at most one open port.</summary>
internal sealed class SimulatedHost(IPAddress address, TimeSpan latency, double bytesPerSecond)
{
    public IPAddress Address { get; } = address;

    /// <summary>The latency from the host to the centre of the network.</summary>
    public TimeSpan Latency { get; } = latency;

    public double BytesPerSecond { get; } = bytesPerSecond;

    /// <summary>Whether its network link is down.</summary>
    public bool IsOffline { get; set; }

    /// <summary>Serves a connection to the open port; null where no port is open.</summary>
    public Func<Connection, Task>? Accept { get; set; }

    /// <summary>Its connections, in the order in which they were opened.</summary>
    public List<SimulatedLink> Links { get; } = [];
}
