using System.Net.Sockets;
using P2PShare.Networking;
using P2PShare.Server.Cluster;
using P2PShare.Server.Configuration;
using P2PShare.Server.Metrics;
using P2PShare.Server.Output;
using P2PShare.Server.Registry.Tables;
using Serilog;

namespace P2PShare.Server;

/// <summary>
/// The composition root: starts the parts of the server in the order in which they can fail (ports, key, cluster), and runs them until
/// it is stopped.
/// </summary>
/// <param name="options">The command line.</param>
/// <param name="format">How standard output is written.</param>
/// <param name="manager">Is told when the server is ready, and when it stops.</param>
/// <param name="log">The log.</param>
internal sealed class ServerProgram(ServerOptions options, IConsoleFormat format, ServiceManager manager, ILogger log)
{
    // Thousands of sessions close in a fraction of it. Stopping a server should take no longer than this in any case.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMilliseconds(1500);

    private readonly ServerBounds _bounds =
        options.Bounds with { MaxConnections = DescriptorLimit.RoomFor(options.Bounds.MaxConnections) };

    // What the metrics show; null before it is made.
    private ServerCluster? _cluster;

    /// <returns>Null where it was stopped by <paramref name="stop"/>.</returns>
    public async Task<ServerFailure?> RunAsync(CancellationToken stop)
    {
        try
        {
            await StartAsync(stop);
            return null;
        }
        catch (ServerFailureException e)
        {
            return e.Failure;
        }
        catch (ClusterException e)
        {
            return new ServerFailure(ExitCodes.CannotJoin, FailureCodes.ClusterFailed, $"cannot join the cluster: {e.Message}.");
        }
        catch (SocketException e)
        {
            log.Debug("cannot listen: {Reason:l}", e.Message);
            return ListenFailure.Of(e, options);
        }
        catch (Exception e)
        {
            log.Fatal(e, "stopped by an internal error");
            var message = $"stopped unexpectedly: {e.Message} {options.Log} has the details.";
            return new ServerFailure(ExitCodes.Failed, FailureCodes.Internal, message);
        }
    }

    private async Task StartAsync(CancellationToken stop)
    {
        var registry = ServerCluster.CreateRegistry(_bounds, options.Cluster);
        var counters = options.Metrics is null ? null : new ServerCounters();
        using var server = new IndexServer(registry, _bounds, TimeProvider.System, log, counters);
        await server.BindAsync(options.Bind, options.Port, stop);
        using var metrics = counters is null ? null : BindMetrics(counters, server, registry);
        WriteLines(format.Listening(server.LocalEndPoint));

        // Those who connect meanwhile wait: to load OpenSSL takes almost as long as all before it.
        using var security = ServerSecurity.Open(options, log);
        if (security.Fingerprint is { } fingerprint)
            WriteLines([format.Encrypting(fingerprint, options.RequiresTls)]);
        if (metrics is not null)
            WriteLines([format.MetricsListening(metrics.LocalEndPoint)]);
        var where = string.Join(" and ", ListeningAddresses.Of(server.LocalEndPoint));
        log.Debug("started: listening on {Where:l}, at most {Count} connections", where, _bounds.MaxConnections);
        if (options.Cluster is { } cluster)
            _cluster = new ServerCluster(cluster, server, registry, security, TimeProvider.System, log);
        await ServeAsync(server, security, metrics, stop);
    }

    private MetricsService BindMetrics(ServerCounters counters, IndexServer server, InMemoryFileRegistry registry)
    {
        var metrics = new MetricsService(
            counters,
            server,
            () => registry.Counts,
            TimeProvider.System,
            log,
            options.Cluster is null ? null : () => _cluster?.Status);
        try
        {
            metrics.Bind(options.Metrics!);
            return metrics;
        }
        catch (SocketException e)
        {
            metrics.Dispose();
            throw new ServerFailureException(ListenFailure.OfMetrics(e, options));
        }
    }

    private async Task ServeAsync(IndexServer server, ServerSecurity security, MetricsService? metrics, CancellationToken stop)
    {
        // Those who ask for the health of a server that is stopping are told so, until it has stopped.
        using var ended = new CancellationTokenSource();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var following = security.RunAsync(ending.Token);
        var joining = _cluster is null ? Task.CompletedTask : JoinAsync(_cluster, ending);
        var measuring = metrics?.RunAsync(ended.Token) ?? Task.CompletedTask;
        var serving = server.RunAsync(security.Connections, security.Gate, _cluster?.Presence, ending.Token);
        manager.Ready();
        await EndOfAsync(serving, ending.Token);
        await ended.CancelAsync();
        await measuring;
        log.Information(ServerEvents.Stopped);
        await following;
        await joining;
    }

    // A cluster that can never be joined ends the server.
    private static async Task JoinAsync(ServerCluster cluster, CancellationTokenSource ending)
    {
        try
        {
            await cluster.RunAsync(ending.Token);
        }
        finally
        {
            await ending.CancelAsync();
        }
    }

    private async Task EndOfAsync(Task serving, CancellationToken stop)
    {
        var stopping = Task.Delay(Timeout.InfiniteTimeSpan, stop).ContinueWith(_ => { }, TaskScheduler.Default);
        await Task.WhenAny(serving, stopping);
        manager.Stopping();
        log.Information(ServerEvents.Stopping);
        if (await Task.WhenAny(serving, Task.Delay(StopTimeout, CancellationToken.None)) == serving)
            await serving;
        else
            log.Warning("some connections did not close in time");
    }

    private static void WriteLines(IEnumerable<string> lines)
    {
        foreach (var line in lines)
            Console.WriteLine(line);
    }
}
