using P2PShare.Soak.Actors;
using P2PShare.Testing.Processes;

namespace P2PShare.Soak;

/// <summary>
/// One server, one long-running client, and a number of participants: half of them clients, a quarter lying owners, a quarter port
/// scanners. Each one that ends is replaced. At the end all have disconnected, and none of their resources may remain in use.
/// </summary>
internal sealed class SoakRun(SoakPlan plan, TextWriter output)
{
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SettlingTime = TimeSpan.FromMinutes(1);

    private readonly Findings _findings = new(output);

    /// <returns>Whether every check passed.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        output.WriteLine(
            FormattableString.Invariant($"seed {plan.Seed}: {plan.Clients} clients at a time for {plan.Time.TotalMinutes:0.##} minutes"));
        using var files = new TestFiles();
        await files.WriteAsync();
        await using var server = await RunningServer.StartAsync();
        await using var longRunning = await LongRunningClient.StartAsync(server, files);
        var before = (Server: ResourceUsage.Of(server.Process.Id), Client: ResourceUsage.Of(longRunning.Client.Process.Id));
        UsageSamples[] samples =
        [
            new("the server", server.Process.Id),
            new("the long-running client", longRunning.Client.Process.Id),
        ];

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ending.CancelAfter(plan.Time);
        var sampling = SampleAsync(samples, ending.Token);
        await Task.WhenAll(
            Enumerable.Range(0, plan.Clients).Select(number => RunActorsAsync(number, server, longRunning, files, ending.Token)));
        await sampling;

        output.WriteLine($"Events: {_findings.CountsAsText()}");
        foreach (var sampled in samples)
            sampled.Report(_findings, output);
        await RequireNothingLeftAsync("the server", server.Process, before.Server);
        await RequireNothingLeftAsync("the long-running client", longRunning.Client.Process, before.Client);
        await RequireStillWorkingAsync(server, files);
        foreach (var fault in LogFaults.InLogsUnder(server.Folder.Path).Concat(LogFaults.InLogsUnder(longRunning.Client.Folder.Path)))
            _findings.Report(fault);
        _findings.Require(
            _findings.Failures == 0, "no wrong byte, no unexpected exception in a log or on a screen, and every exit code as expected");
        return _findings.Failures == 0;
    }

    private async Task RunActorsAsync(
        int number, RunningServer server, LongRunningClient longRunning, TestFiles files, CancellationToken cancellation)
    {
        var random = new Random(HashCode.Combine(plan.Seed, number));
        IActor actor = (number % 4) switch
        {
            2 => new LyingOwnerActor(server.Port, longRunning, _findings),
            3 => new PortScannerActor([server.Port, longRunning.Client.PeerPort], _findings),
            _ => new ClientActor(server, files, _findings),
        };
        // The starts are spread, because a hundred programs that start at once would only measure the machine.
        await Pause.AtMostAsync(random.NextDouble() * plan.Time.TotalSeconds / 10, cancellation);

        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await actor.RunAsync(random, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // The run has ended.
            }
            catch (Exception e)
            {
                _findings.Report($"{actor.GetType().Name} ended: {e.Message}");
            }
        }
    }

    private static async Task SampleAsync(UsageSamples[] samples, CancellationToken cancellation)
    {
        using var tick = new PeriodicTimer(SampleInterval);
        try
        {
            while (await tick.WaitForNextTickAsync(cancellation))
            {
                foreach (var sampled in samples)
                    sampled.Take();
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }

    private async Task RequireNothingLeftAsync(string name, ProgramProcess process, ResourceUsage before)
    {
        var after = await ResourceUsage.WaitForReleaseAsync(process.Id, before.Descriptors);
        _findings.Require(after.Descriptors <= before.Descriptors, $"{name} has closed every connection: before {before}; after {after}");
    }

    private async Task RequireStillWorkingAsync(RunningServer server, TestFiles files)
    {
        const int Number = 11;
        await using var last = await RunningClient.StartAsync(server, "last");
        await last.CommandAsync($"REQUEST {TestFiles.NameOf(Number)}", "Saved", SettlingTime);
        _findings.Require(files.IsCorrect(Number, last.Downloaded(TestFiles.NameOf(Number))), "a later client is served");
    }
}
