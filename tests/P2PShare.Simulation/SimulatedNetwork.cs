using System.Net;
using System.Net.Sockets;
using P2PShare.Networking;
using P2PShare.Testing;

namespace P2PShare.Simulation;

/// <summary>Hosts and the connections between them. Cables can be pulled and put back; a connection that is cut for 30 s is reset, as TCP's time-outs would.</summary>
internal sealed class SimulatedNetwork(ManualTimeProvider time, OneThread thread)
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CutPatience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<IPAddress, SimulatedHost> _hosts = [];
    private readonly List<Action> _whenMended = [];
    private int _lastPort = 10_000;

    public long Now => time.GetTimestamp();

    public IEnumerable<SimulatedHost> Hosts => _hosts.Values;

    public SimulatedHost Add(IPAddress address, TimeSpan latency, double bytesPerSecond)
    {
        var host = new SimulatedHost(address, latency, bytesPerSecond);
        _hosts.Add(address, host);
        return host;
    }

    /// <summary>How this host connects to others.</summary>
    public Dial DialFrom(SimulatedHost from) => async (to, cancellation) =>
    {
        var end = (IPEndPoint)to;
        var isKnown = _hosts.TryGetValue(end.Address, out var host);
        if (!isKnown || IsCut(from, host!))
        {
            await Task.Delay(ConnectPatience, time, cancellation);
            throw new SocketException((int)SocketError.TimedOut);
        }

        await Task.Delay(2 * (from.Latency + host!.Latency), time, cancellation);
        if (host.Accept is not { } accept)
            throw new SocketException((int)SocketError.ConnectionRefused);
        var link = new SimulatedLink(this, from, host, end.Port);
        _ = thread.Start(() => accept(link.Far));
        return link.Near;
    };

    /// <summary>Every connection of a host breaks, as when its process is killed.</summary>
    public static void Break(SimulatedHost host)
    {
        foreach (var link in host.Links.ToList())
            link.Reset();
    }

    public void Cut(SimulatedHost host)
    {
        host.IsCut = true;
        var cutAt = Now;
        At(Now + CutPatience.Ticks, () =>
        {
            if (host.IsCut && Now - cutAt >= CutPatience.Ticks)
                Break(host);
        });
    }

    public void Mend(SimulatedHost host)
    {
        host.IsCut = false;
        var waiting = _whenMended.ToList();
        _whenMended.Clear();
        foreach (var arrive in waiting)
            arrive();
    }

    public bool IsCut(SimulatedHost one, SimulatedHost other) => one.IsCut || other.IsCut;

    public long LatencyTicks(SimulatedHost from, SimulatedHost to) => (from.Latency + to.Latency).Ticks;

    public long TransferTicks(SimulatedHost from, SimulatedHost to, int bytes) =>
        (long)(bytes / Math.Min(from.BytesPerSecond, to.BytesPerSecond) * TimeSpan.TicksPerSecond);

    public int NextPort() => _lastPort = _lastPort == 65_535 ? 10_000 : _lastPort + 1;

    public void WhenMended(Action action) => _whenMended.Add(action);

    /// <summary>Runs an action at a time, in ticks of the clock.</summary>
    public void At(long when, Action action)
    {
        ITimer? timer = null;
        timer = time.CreateTimer(_ =>
        {
            timer!.Dispose();
            action();
        }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.FromTicks(Math.Max(0, when - Now)), Timeout.InfiniteTimeSpan);
    }
}
