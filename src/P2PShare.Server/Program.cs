using System.Net.Sockets;
using P2PShare.Networking;
using P2PShare.Server.Administration;
using P2PShare.Server.Cluster;
using P2PShare.Server.Configuration;
using P2PShare.Server.Logging;
using P2PShare.Server.Metrics;
using P2PShare.Server.Output;
using Serilog;

namespace P2PShare.Server;

/// <summary>The composition root: arguments, log, signals, and the server between its start and its stop.</summary>
internal static class Program
{
    // Thousands of sessions close in a fraction of it. Stopping a server should take no longer than this in any case.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMilliseconds(1500);

    public static async Task<int> Main(string[] arguments) => MemberCommands.Are(arguments)
        ? new MemberCommands(Environment.GetEnvironmentVariable, TimeProvider.System).Invoke(arguments, Console.Error)
        : ClusterCommand.Is(arguments)
        ? await new ClusterCommand(Environment.GetEnvironmentVariable, TimeProvider.System).InvokeAsync(arguments, Console.Error)
        : await CommandLine.InvokeAsync(arguments, Environment.GetEnvironmentVariable, Console.Error, RunAsync);

    private static async Task<int> RunAsync(ServerOptions options)
    {
        IConsoleFormat format = options.IsJson ? new JsonFormat(TimeProvider.System) : new TextFormat();
        LogFile file;
        try
        {
            file = LogFile.Open(options.Log, options.LogIsJson);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            var message = $"cannot write the log: {e.Message} Name another file with --log FILE.";
            return Fail(format, new ServerFailure(ExitCodes.Failed, FailureCodes.LogFailed, message));
        }

        await using var log = ServerLog.Create(options, file, Console.Out, format);
        var manager = ServiceManager.OfEnvironment();
        using var signals = new StopSignals(manager.IsPresent ? () => ReopenLog(file, manager, log) : null);
        var failure = await RunAsync(options, format, manager, log, signals.Token);
        return failure is null ? ExitCodes.Ok : Fail(format, failure);
    }

    private static async Task<ServerFailure?> RunAsync(
        ServerOptions options, IConsoleFormat format, ServiceManager manager, ILogger log, CancellationToken stop)
    {
        try
        {
            var bounds = options.Bounds with { MaxConnections = DescriptorLimit.RoomFor(options.Bounds.MaxConnections) };
            var registry = ServerCluster.CreateRegistry(bounds, options.Cluster);
            using var security = ServerSecurity.Open(options, log, out var insecurity);
            if (security is null)
                return insecurity;
            var counters = options.Metrics is null ? null : new ServerCounters();
            var cluster = options.Cluster is null
                ? null
                : new ServerCluster(options.Cluster, registry, security.Key, security.Gate?.Members.Shared, TimeProvider.System, log);
            using var server = new IndexServer(
                registry, bounds, TimeProvider.System, log, counters, security.Connections, security.Gate, cluster?.Presence);
            await server.BindAsync(options.Bind, options.Port, stop);
            using var metrics = counters is null
                ? null
                : new MetricsService(
                    counters, server, () => registry.Counts, TimeProvider.System, log, cluster is null ? null : () => cluster.Status);
            if (metrics is not null && TryBind(metrics, options) is { } failure)
                return failure;

            WriteLines(format.Listening(server.LocalEndPoint));
            if (security.Fingerprint is { } fingerprint)
                WriteLines([format.Encrypting(fingerprint, options.RequiresTls)]);
            if (metrics is not null)
                WriteLines([format.MetricsListening(metrics.LocalEndPoint)]);
            var where = string.Join(" and ", ListeningAddresses.Of(server.LocalEndPoint));
            log.Debug("started: listening on {Where:l}, at most {Count} connections", where, bounds.MaxConnections);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var following = security.RunAsync(ending.Token);
            var joining = cluster is null ? Task.CompletedTask : JoinAsync(cluster, server, ending);
            await ServeAsync(server, metrics, manager, log, ending.Token);
            await following;
            await joining;
            return null;
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

    private static ServerFailure? TryBind(MetricsService metrics, ServerOptions options)
    {
        try
        {
            metrics.Bind(options.Metrics!);
            return null;
        }
        catch (SocketException e)
        {
            return ListenFailure.OfMetrics(e, options);
        }
    }

    // A cluster that can never be joined ends the server.
    private static async Task JoinAsync(ServerCluster cluster, IndexServer server, CancellationTokenSource ending)
    {
        try
        {
            await cluster.RunAsync(server, ending.Token);
        }
        finally
        {
            await ending.CancelAsync();
        }
    }

    private static async Task ServeAsync(
        IndexServer server, MetricsService? metrics, ServiceManager manager, ILogger log, CancellationToken stop)
    {
        // Those who ask for the health of a server that is stopping are told so, until it has stopped.
        using var ended = new CancellationTokenSource();
        var measuring = metrics?.RunAsync(ended.Token) ?? Task.CompletedTask;
        var serving = server.RunAsync(stop);
        manager.Ready();
        var stopping = Task.Delay(Timeout.InfiniteTimeSpan, stop).ContinueWith(_ => { }, TaskScheduler.Default);
        await Task.WhenAny(serving, stopping);
        manager.Stopping();
        log.Information(ServerEvents.Stopping);
        if (await Task.WhenAny(serving, Task.Delay(StopTimeout, CancellationToken.None)) == serving)
            await serving;
        else
            log.Warning("some connections did not close in time");
        await ended.CancelAsync();
        await measuring;
        log.Information(ServerEvents.Stopped);
    }

    private static void ReopenLog(LogFile file, ServiceManager manager, ILogger log)
    {
        manager.Reloading();
        try
        {
            file.Reopen();
            log.Information("the log file was opened anew");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Error("the log file cannot be opened anew, the old one is written on: {Reason:l}", e.Message);
        }

        manager.Ready();
    }

    private static void WriteLines(IEnumerable<string> lines)
    {
        foreach (var line in lines)
            Console.WriteLine(line);
    }

    private static int Fail(IConsoleFormat format, ServerFailure failure)
    {
        if (format.Failed(failure) is { } line)
            Console.WriteLine(line);
        Console.Error.WriteLine($"server: {failure.Message}");
        return failure.ExitCode;
    }
}
