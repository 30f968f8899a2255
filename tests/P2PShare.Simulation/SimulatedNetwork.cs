using System.Net;
using System.Net.Sockets;
using P2PShare.Networking;
using P2PShare.Testing;

namespace P2PShare.Simulation;

/// <summary>
/// Hosts and their connections. A host can be taken offline and brought back; after 30 s offline its connections are reset, as by
/// TCP's timeouts.
/// </summary>
internal sealed class SimulatedNetwork(ManualTimeProvider time, SingleThreadScheduler thread)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OfflineTimeout = TimeSpan.FromSeconds(30);

    private readonly Dictionary<IPAddress, SimulatedHost> _hosts = [];
    private readonly List<Action> _waitingForOnline = [];
    private int _lastPort = 10_000;

    public long Now => time.GetTimestamp();

    public IEnumerable<SimulatedHost> Hosts => _hosts.Values;

    public SimulatedHost Add(IPAddress address, TimeSpan latency, double bytesPerSecond)
    {
        var host = new SimulatedHost(address, latency, bytesPerSecond);
        _hosts.Add(address, host);
        return host;
    }

    /// <summary>Opens connections from this host.</summary>
    public Dial DialFrom(SimulatedHost from) => async (to, cancellation) =>
    {
        var end = (IPEndPoint)to;
        var isKnown = _hosts.TryGetValue(end.Address, out var host);
        if (!isKnown || IsUnreachable(from, host!))
        {
            await Task.Delay(ConnectTimeout, time, cancellation);
            throw new SocketException((int)SocketError.TimedOut);
        }

        await Task.Delay(2 * (from.Latency + host!.Latency), time, cancellation);
        if (host.Accept is not { } accept)
            throw new SocketException((int)SocketError.ConnectionRefused);
        var link = new SimulatedLink(this, from, host, end.Port);
        _ = thread.Start(() => accept(link.Far));
        return link.Near;
    };

    /// <summary>Resets every connection of a host, as when its process is killed.</summary>
    public static void ResetConnections(SimulatedHost host)
    {
        foreach (var link in host.Links.ToList())
            link.Reset();
    }

    public void TakeOffline(SimulatedHost host)
    {
        host.IsOffline = true;
        var since = Now;
        At(Now + OfflineTimeout.Ticks, () =>
        {
            if (host.IsOffline && Now - since >= OfflineTimeout.Ticks)
                ResetConnections(host);
        });
    }

    public void BringOnline(SimulatedHost host)
    {
        host.IsOffline = false;
        var waiting = _waitingForOnline.ToList();
        _waitingForOnline.Clear();
        foreach (var arrive in waiting)
            arrive();
    }

    public bool IsUnreachable(SimulatedHost one, SimulatedHost other) => one.IsOffline || other.IsOffline;

    public long LatencyTicks(SimulatedHost from, SimulatedHost to) => (from.Latency + to.Latency).Ticks;

    public long TransferTicks(SimulatedHost from, SimulatedHost to, int bytes) =>
        (long)(bytes / Math.Min(from.BytesPerSecond, to.BytesPerSecond) * TimeSpan.TicksPerSecond);

    public int NextPort() => _lastPort = _lastPort == 65_535 ? 10_000 : _lastPort + 1;

    public void WhenOnline(Action action) => _waitingForOnline.Add(action);

    /// <summary>Schedules an action.</summary>
    /// <param name="when">The time, in ticks of the clock.</param>
    /// <param name="action">The action.</param>
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
