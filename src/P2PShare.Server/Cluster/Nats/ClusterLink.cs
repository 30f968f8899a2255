using NATS.Client.Core;
using NATS.Client.JetStream;
using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Cluster.Status;
using P2PShare.Server.Configuration;
using P2PShare.Server.Members;
using Serilog;

namespace P2PShare.Server.Cluster.Nats;

/// <summary>
/// Keeps this server in its cluster: connects to NATS, again and again, and lets the node decide. Without NATS the server serves its own
/// sessions, and what it last knew of the others as long as they may live.
/// </summary>
/// <param name="settings">Where NATS is, and what the cluster is called.</param>
/// <param name="createNode">
/// Creates the node with the first connection, given the address of this machine as NATS sees it, and what the node wants sent.
/// </param>
/// <param name="members">The members that the servers have in common; null where this one is not private.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where joining and losing the cluster is told.</param>
internal sealed class ClusterLink(
    ClusterSettings settings,
    Func<string, IClusterOutput, ClusterNode> createNode,
    SharedMembers? members,
    TimeProvider time,
    ILogger log)
{
    // A SHARE is seen elsewhere after half of this, on average, and a message.
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(1);

    private readonly ClusterSubjects _subjects = new(settings.Name);
    private readonly PublishQueue _queue = new();
    private readonly ClusterLog _log = new(settings, log);
    private ClusterNode? _node;
    private NodeDriver? _driver;

    /// <summary>What the node knows; null before the first connection.</summary>
    public ClusterStatus? Status => Volatile.Read(ref _node)?.Status;

    /// <summary>Runs until stopped, and leaves the cluster then.</summary>
    /// <exception cref="ClusterException">The cluster cannot be joined, and never could be since the start.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        using var ended = new CancellationTokenSource();
        var ticking = TickAsync(ended.Token);
        try
        {
            await ConnectAgainAndAgainAsync(stop);
        }
        finally
        {
            await ended.CancelAsync();
            await ticking;
            _driver?.Dispose();
        }
    }

    private async Task ConnectAgainAndAgainAsync(CancellationToken stop)
    {
        for (var pause = MinPause; !stop.IsCancellationRequested; pause = pause * 2 < MaxPause ? pause * 2 : MaxPause)
        {
            using var loss = new ConnectionLoss(time);
            try
            {
                await RunConnectionAsync(loss, stop);
                pause = MinPause;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The library has many kinds of exceptions, those of sockets, TLS and files among them.
                if (stop.IsCancellationRequested)
                    return;
                if (_node is null && NatsFaults.WhyHopeless(e) is { } reason)
                    throw new ClusterException(reason);
                _log.Lost(NatsFaults.WhyHopeless(e) ?? loss.Reason ?? NatsFaults.Reason(e));
            }

            await Task.Delay(pause, time, stop).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task RunConnectionAsync(ConnectionLoss loss, CancellationToken stop)
    {
        await using var nats = new NatsConnection(NatsOptions.Of(settings));
        await nats.ConnectAsync().AsTask().WaitAsync(stop);
        var stream = await OpenStreamAsync(nats, stop);
        var context = new NatsJSContext(nats);
        if (_node is null && members is not null)
            await MembersFollower.CheckOthersArePrivateAsync(context, settings, time, stop);
        await using var following = await MembersFollower.BeginAsync(members, context, settings, stop);
        _queue.Begin();
        if (_node is null)
            Volatile.Write(ref _node, createNode(nats.ServerInfo?.ClientIp ?? "127.0.0.1", _queue));
        _driver ??= new NodeDriver(_node, time);
        nats.ConnectionDisconnected += (_, _) =>
        {
            loss.Report("NATS closed the connection");
            return ValueTask.CompletedTask;
        };
        await using var leaving = stop.UnsafeRegister(_ => Leave(loss), null);
        using var connection = new ClusterConnection(nats, stream, _subjects, _queue, _driver, loss);
        await connection.RunAsync();
    }

    private async Task<INatsJSStream> OpenStreamAsync(NatsConnection nats, CancellationToken stop)
    {
        try
        {
            return await StreamSetup.OpenAsync(new NatsJSContext(nats), settings, _subjects, stop);
        }
        catch (Exception e) when (NatsFaults.WhyUnanswered(e, nats.ServerInfo) is { } reason)
        {
            throw new ClusterException(reason);
        }
    }

    // The connection ends when all that is left is sent, or when that takes too long.
    private void Leave(ConnectionLoss loss)
    {
        _driver!.Leave();
        _queue.End();
        loss.ReportAfter(LeaveTimeout, "the server is stopping");
    }

    private async Task TickAsync(CancellationToken ended)
    {
        using var timer = new PeriodicTimer(TickInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                _driver?.Tick();
                if (Status is { } status)
                    _log.Note(status);
            }
        }
        catch (OperationCanceledException)
        {
            // The server is stopping.
        }
    }
}
