using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.Soak.Lives;

/// <summary>The published client: announces, fetches, compares, and leaves in one of the ways that people do.</summary>
internal sealed class ClientLife(RunningServer server, Shelf shelf, Findings findings) : ILife
{
    private const int MostSecondsStayed = 240;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public async Task LiveAsync(Random random, CancellationToken cancellation)
    {
        using var home = new TempFolder();
        await using var client = await RunningClient.StartAsync(server, $"user {random.Next(1000)}", home);
        findings.Count("clients");
        for (var shares = random.Next(1, 5); shares > 0; shares--)
            await AnnounceAsync(client, random, cancellation);
        for (var requests = random.Next(0, 8); requests > 0 && !cancellation.IsCancellationRequested; requests--)
            await FetchAsync(client, random.Next(Shelf.Names), cancellation);
        await Pause.AtMostAsync(random.Next(MostSecondsStayed), cancellation);
        await LeaveAsync(client, random);
        foreach (var fault in Faults.In(client.Process.Errors.Text).Concat(Faults.InLogsUnder(home.Path)))
            findings.Break($"a client said: {fault}");
    }

    private async Task AnnounceAsync(RunningClient client, Random random, CancellationToken cancellation)
    {
        var path = shelf.PathOf(random.Next(Shelf.Names), random.Next(2));
        await RunAsync(client, $"ANNOUNCE {path}", cancellation);
        findings.Count("announced");
    }

    private async Task FetchAsync(RunningClient client, int number, CancellationToken cancellation)
    {
        var saved = client.Downloaded(Shelf.NameOf(number));
        await RunAsync(client, $"REQUEST {Shelf.NameOf(number)}", cancellation);
        if (!File.Exists(saved))
        {
            findings.Count("not fetched, with a reason");
            return;
        }

        if (!shelf.IsRight(number, saved))
            findings.Break($"{saved} has a wrong byte");
        findings.Count("fetched and right");
        findings.Count("bytes fetched", Shelf.LengthOf(number));
        File.Delete(saved);
    }

    // Commands are obeyed one after the other, so the answer to one that does not exist says that those before it have ended.
    private static async Task RunAsync(RunningClient client, string command, CancellationToken cancellation)
    {
        await client.Process.SendLineAsync(command, cancellation);
        await client.Process.SendLineAsync("MARK", cancellation);
        await client.Process.Errors.WaitForLineAsync("MARK is no command", Patience, cancellation);
    }

    private async Task LeaveAsync(RunningClient client, Random random)
    {
        if (random.Next(2) == 0)
            await client.Process.SendLineAsync($"REQUEST {Shelf.NameOf(random.Next(Shelf.Names))}");

        // A client that is fed through a pipe ends with 1 where a command failed, and MARK always does.
        var expected = 1;
        switch (random.Next(5))
        {
            case 0:
                await client.Process.SendLineAsync("EXIT");
                break;
            case 1:
                client.Process.CloseInput();
                break;
            case 2:
                client.Process.Signal(UnixSignal.Terminate);
                break;
            default:
                client.Process.KillHard();
                expected = 128 + (int)UnixSignal.Kill;
                break;
        }

        var code = await client.Process.WaitForExitAsync(Patience);
        findings.Count($"left with {code}");
        if (code != expected)
            findings.Break($"a client left with {code} in place of {expected}: {client.Process.Errors.Text}");
    }
}
