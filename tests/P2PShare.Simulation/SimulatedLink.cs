using System.Net;
using P2PShare.Networking;
using P2PShare.Testing;

namespace P2PShare.Simulation;

/// <summary>A TCP connection between two hosts.</summary>
internal sealed class SimulatedLink
{
    private readonly SimulatedPipe _there;
    private readonly SimulatedPipe _back;
    private readonly SimulatedHost _from;
    private readonly SimulatedHost _to;

    public SimulatedLink(SimulatedNetwork network, SimulatedHost from, SimulatedHost to, int port)
    {
        (_from, _to) = (from, to);
        _there = new SimulatedPipe(network, from, to);
        _back = new SimulatedPipe(network, to, from);
        Near = End(_back, _there, to, port);
        Far = End(_there, _back, from, network.NextPort());
        from.Links.Add(this);
        to.Links.Add(this);
    }

    /// <summary>The end of the host that connected.</summary>
    public Connection Near { get; }

    /// <summary>The end of the host that accepted.</summary>
    public Connection Far { get; }

    /// <summary>
    /// Resets the connection on both sides at once. A real reset arrives later, which would change nothing that they can do.
    /// </summary>
    public void Reset()
    {
        _there.Reset();
        _back.Reset();
        _from.Links.Remove(this);
        _to.Links.Remove(this);
    }

    private Connection End(SimulatedPipe incoming, SimulatedPipe outgoing, SimulatedHost remote, int port)
    {
        var stream = new SimulatedStream(incoming, outgoing);
        return new StreamConnection(stream, new IPEndPoint(remote.Address, port), Abort, stream.CloseSending);

        void Abort()
        {
            stream.Dispose();
            Reset();
        }
    }
}
