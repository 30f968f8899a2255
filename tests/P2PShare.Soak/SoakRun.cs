using P2PShare.Soak.Lives;
using P2PShare.Testing.Processes;

namespace P2PShare.Soak;

/// <summary>
/// One server, one client that stays, and a crowd around them: half of it are clients, a quarter owners that lie, a quarter
/// strangers. Whoever goes is followed by another. At the end all have left, and nothing of them may be left behind.
/// </summary>
internal sealed class SoakRun(SoakPlan plan, TextWriter output)
{
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Aftermath = TimeSpan.FromMinutes(1);

    private readonly Findings _findings = new(output);

    /// <returns>Whether everything held.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        output.WriteLine(FormattableString.Invariant($"seed {plan.Seed}: {plan.Clients} clients at a time for {plan.Time.TotalMinutes:0.##} minutes"));
        using var shelf = new Shelf();
        await shelf.FillAsync();
        await using var server = await RunningServer.StartAsync();
        await using var stayer = await Stayer.StartAsync(server, shelf);
        var before = (Server: Figures.Of(server.Process.Id), Stayer: Figures.Of(stayer.Client.Process.Id));
        var samples = new[] { new Samples("the server", server.Process.Id), new Samples("the client that stays", stayer.Client.Process.Id) };

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ending.CancelAfter(plan.Time);
        var sampling = SampleAsync(samples, ending.Token);
        await Task.WhenAll(Enumerable.Range(0, plan.Clients).Select(number => FollowOneAnotherAsync(number, server, stayer, shelf, ending.Token)));
        await sampling;

        output.WriteLine($"The crowd: {_findings.CountsAsText()}");
        foreach (var one in samples)
            one.Report(_findings, output);
        await RequireNothingLeftAsync("the server", server.Process, before.Server);
        await RequireNothingLeftAsync("the client that stays", stayer.Client.Process, before.Stayer);
        await RequireStillWorkingAsync(server, shelf);
        foreach (var fault in Faults.InLogsUnder(server.Folder.Path).Concat(Faults.InLogsUnder(stayer.Client.Folder.Path)))
            _findings.Break(fault);
        _findings.Require(_findings.Broken == 0, "no wrong byte, no unhandled exception in any log or on any screen, and everybody left as they should");
        return _findings.Broken == 0;
    }

    private async Task FollowOneAnotherAsync(int number, RunningServer server, Stayer stayer, Shelf shelf, CancellationToken cancellation)
    {
        var random = new Random(HashCode.Combine(plan.Seed, number));
        ILife life = (number % 4) switch
        {
            2 => new LiarLife(server.Port, stayer, _findings),
            3 => new StrangerLife([server.Port, stayer.Client.PeerPort], _findings),
            _ => new ClientLife(server, shelf, _findings),
        };
        // A hundred programs that start in the same moment would measure the machine.
        await Pause.AtMostAsync(random.NextDouble() * plan.Time.TotalSeconds / 10, cancellation);

        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await life.LiveAsync(random, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // The run is over.
            }
            catch (Exception e)
            {
                _findings.Break($"{life.GetType().Name} ended: {e.Message}");
            }
        }
    }

    private static async Task SampleAsync(Samples[] samples, CancellationToken cancellation)
    {
        using var tick = new PeriodicTimer(SampleInterval);
        try
        {
            while (await tick.WaitForNextTickAsync(cancellation))
            {
                foreach (var one in samples)
                    one.Take();
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private async Task RequireNothingLeftAsync(string name, ProgramProcess process, Figures before)
    {
        var after = await Figures.WhenLetGoAsync(process.Id, before.Descriptors);
        _findings.Require(after.Descriptors <= before.Descriptors, $"{name} has let go of everyone: before {before}; after {after}");
    }

    private async Task RequireStillWorkingAsync(RunningServer server, Shelf shelf)
    {
        const int Number = 11;
        await using var last = await RunningClient.StartAsync(server, "last");
        await last.CommandAsync($"REQUEST {Shelf.NameOf(Number)}", "Saved", Aftermath);
        _findings.Require(shelf.IsRight(Number, last.Downloaded(Shelf.NameOf(Number))), "whoever comes afterwards is served");
    }
}
