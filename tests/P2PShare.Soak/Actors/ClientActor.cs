using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.Soak.Actors;

/// <summary>The published client: it announces, fetches, compares, and ends in a random way.</summary>
internal sealed class ClientActor(RunningServer server, TestFiles files, Findings findings) : IActor
{
    private const int MaxSecondsConnected = 240;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    public async Task RunAsync(Random random, CancellationToken cancellation)
    {
        using var home = new TempFolder();
        await using var client = await RunningClient.StartAsync(server, $"user {random.Next(1000)}", home);
        findings.Count("clients");
        for (var shares = random.Next(1, 5); shares > 0; shares--)
            await AnnounceAsync(client, random, cancellation);
        for (var requests = random.Next(0, 8); requests > 0 && !cancellation.IsCancellationRequested; requests--)
            await FetchAsync(client, random.Next(TestFiles.Names), cancellation);
        await Pause.AtMostAsync(random.Next(MaxSecondsConnected), cancellation);
        await EndAsync(client, random);
        foreach (var fault in LogFaults.In(client.Process.Errors.Text).Concat(LogFaults.InLogsUnder(home.Path)))
            findings.Report($"a client printed or logged: {fault}");
    }

    private async Task AnnounceAsync(RunningClient client, Random random, CancellationToken cancellation)
    {
        var path = files.PathOf(random.Next(TestFiles.Names), random.Next(2));
        await RunAsync(client, $"ANNOUNCE {path}", cancellation);
        findings.Count("announced");
    }

    private async Task FetchAsync(RunningClient client, int number, CancellationToken cancellation)
    {
        var saved = client.Downloaded(TestFiles.NameOf(number));
        await RunAsync(client, $"REQUEST {TestFiles.NameOf(number)}", cancellation);
        if (!File.Exists(saved))
        {
            findings.Count("not fetched, with a reason");
            return;
        }

        if (!files.IsCorrect(number, saved))
            findings.Report($"{saved} has a wrong byte");
        findings.Count("fetched and correct");
        findings.Count("bytes fetched", TestFiles.LengthOf(number));
        File.Delete(saved);
    }

    // Commands run one after the other, so the answer to an unknown command shows that the commands before it have ended.
    private static async Task RunAsync(RunningClient client, string command, CancellationToken cancellation)
    {
        await client.Process.SendLineAsync(command, cancellation);
        await client.Process.SendLineAsync("MARK", cancellation);
        await client.Process.Errors.WaitForLineAsync("MARK is no command", Timeout, cancellation);
    }

    private async Task EndAsync(RunningClient client, Random random)
    {
        if (random.Next(2) == 0)
            await client.Process.SendLineAsync($"REQUEST {TestFiles.NameOf(random.Next(TestFiles.Names))}");

        // A client whose input is a pipe exits with 1 where a command failed, and MARK always fails.
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
                client.Process.Kill();
                expected = 128 + (int)UnixSignal.Kill;
                break;
        }

        var code = await client.Process.WaitForExitAsync(Timeout);
        findings.Count($"exit code {code}");
        if (code != expected)
            findings.Report($"a client exited with {code} instead of {expected}: {client.Process.Errors.Text}");
    }
}
