using System.Net;
using P2PShare.Networking;

namespace P2PShare.Simulation;

/// <summary>A machine on the network: an address, a line of its own speed, and what listens on it.</summary>
internal sealed class SimulatedHost(IPAddress address, TimeSpan latency, double bytesPerSecond)
{
    public IPAddress Address { get; } = address;

    /// <summary>From here to the middle of the network.</summary>
    public TimeSpan Latency { get; } = latency;

    public double BytesPerSecond { get; } = bytesPerSecond;

    /// <summary>Its cable is out.</summary>
    public bool IsCut { get; set; }

    /// <summary>Serves a connection to the one port that is open; null where none is.</summary>
    public Func<Connection, Task>? Accept { get; set; }

    /// <summary>The connections that it has, in the order in which they were made.</summary>
    public List<SimulatedLink> Links { get; } = [];
}
