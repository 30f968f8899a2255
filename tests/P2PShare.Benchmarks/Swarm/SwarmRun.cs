using System.Diagnostics;
using System.Globalization;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Swarm;

/// <summary>One run of a workload: all clients begin at the same moment, and each prints when it has the file.</summary>
/// <param name="program">The program under measurement.</param>
/// <param name="workload">The workload.</param>
/// <param name="network">A new network for the run.</param>
/// <param name="file">The shared file.</param>
internal sealed class SwarmRun(ISwarmProgram program, SwarmWorkload workload, ShapedNetwork network, string file)
{
    /// <summary>The copies that the owner has sent when it is killed.</summary>
    public const double CopiesBeforeKill = 1.05;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private readonly List<Client> _clients = [];
    private ProgramProcess? _owner;

    private sealed record Client(NetworkHost Host, ProgramProcess Process, bool Gives, bool Leaves);

    // Failure is null where the client has the file.
    private sealed record Outcome(double Seconds, string? Failure);

    /// <summary>Whether the owner has sent so much that it was killed.</summary>
    public bool IsOwnerKilled { get; private set; }

    /// <exception cref="SwarmFailure">A client that gives does not have the file, or not in time.</exception>
    /// <exception cref="InvalidDataException">A client has another content.</exception>
    public async Task<SwarmFigures> RunAsync(CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        Workspace.Settle();
        var givers = _clients.Where(client => client.Gives).ToArray();
        var (sent, received) = (network.Owner.SentBytes, Received(givers));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var killing = workload.Event == SwarmEvent.OwnerIsKilled ? KillOwnerAsync(end.Token) : Task.CompletedTask;
        var outcomes = await FetchAsync(givers, cancellation);
        (sent, received) = (network.Owner.SentBytes - sent, Received(givers) - received);
        await end.CancelAsync();
        await killing;
        ThrowIfFailed(outcomes);
        foreach (var client in givers)
            Workspace.MustBeEqual(file, client.Host.Downloaded(Path.GetFileName(file)));
        return new SwarmFigures(
            outcomes.Max(one => one.Seconds) / workload.SecondsPerCopy,
            outcomes.Average(one => one.Seconds) / workload.SecondsPerCopy,
            (double)sent / workload.Bytes,
            (double)received / workload.Bytes / givers.Length);
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        _owner = await program.StartOwnerAsync(network);
        for (var number = 0; number < network.Clients.Count; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            var host = network.Clients[number];
            var gives = number >= workload.TakerCount;
            var leaves = workload.Event == SwarmEvent.HalfLeave && number % 2 == 0;
            _clients.Add(new Client(host, await program.StartClientAsync(network, host, gives), gives, leaves));
        }
    }

    // The outcomes are those of the clients that give; the others may still fetch when this returns.
    private async Task<Outcome[]> FetchAsync(Client[] givers, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(_clients.Select(client => client.Process.SendLineAsync(program.BeginLine, cancellation)));
        return await Task.WhenAll(givers.Select(client => FinishAsync(client, start, cancellation)));
    }

    // A program that fails says so on standard error.
    private async Task<Outcome> FinishAsync(Client client, long start, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bool IsDone(string line) => line.StartsWith(program.DoneText, StringComparison.Ordinal);
        var done = client.Process.Output.WaitForLineAsync(IsDone, workload.Deadline, $"\"{program.DoneText}\"", end.Token);
        var error = client.Process.Errors.WaitForLineAsync(_ => true, workload.Deadline, "an error", end.Token);
        var first = await Task.WhenAny(done, error);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        try
        {
            var line = await first;
            await end.CancelAsync();
            if (first == error)
                return new Outcome(seconds, line);
            if (client.Leaves)
                client.Process.Kill();
            return new Outcome(seconds, null);
        }
        catch (TimeoutException e)
        {
            return new Outcome(seconds, e.Message.Split('\n')[0]);
        }
    }

    private async Task KillOwnerAsync(CancellationToken end)
    {
        using var tick = new PeriodicTimer(Interval);
        try
        {
            while (network.Owner.SentBytes < CopiesBeforeKill * workload.Bytes)
                await tick.WaitForNextTickAsync(end);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        _owner!.Kill();
        IsOwnerKilled = true;
    }

    private static long Received(IEnumerable<Client> clients) => clients.Sum(client => client.Host.ReceivedBytes);

    private static void ThrowIfFailed(Outcome[] outcomes)
    {
        var failed = outcomes.Where(one => one.Failure is not null).ToArray();
        if (failed.Length > 0)
        {
            var first = failed.MinBy(one => one.Seconds)!;
            throw new SwarmFailure(string.Create(
                CultureInfo.InvariantCulture,
                $"{failed.Length} of {outcomes.Length} clients do not have the file; after {first.Seconds:0.0} s: {first.Failure}"));
        }
    }
}
