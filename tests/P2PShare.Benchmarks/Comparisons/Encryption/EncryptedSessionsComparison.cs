using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons.Encryption;

/// <summary>The memory of silent sessions in TLS.</summary>
internal sealed class EncryptedSessionsComparison : IComparison
{
    private const int Sessions = 10_000;
    private const int AtOnce = 8;
    private const string Ours = "server";
    private static readonly Metric Kibibytes = new("memory of a session", "KiB");

    public string Name => "sessions-tls";

    public Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var contest = new Contest(Name, $"{Sessions:N0} silent sessions in TLS", Kibibytes);
        contest.Add(Ours, OpenAsync);
        contest.Note("Growth of the server's VmRSS, divided by the number of sessions; each one has registered and is silent.");
        return contest.RunAsync(rounds, warmsUp: false);
    }

    private static async Task<double[]> OpenAsync()
    {
        await using var server = await RunningServer.StartForCrowdAsync();
        var before = await ProcessMetrics.SettledResidentBytesAsync(server.Process.Id);
        var sessions = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => OpenSomeAsync(server.Port)));
        var after = await ProcessMetrics.SettledResidentBytesAsync(server.Process.Id);
        foreach (var session in sessions.SelectMany(some => some))
            session.Dispose();
        return [(after - before) / 1024.0 / Sessions];
    }

    private static async Task<TlsSession[]> OpenSomeAsync(int port)
    {
        var sessions = new TlsSession[Sessions / AtOnce];
        for (var number = 0; number < sessions.Length; number++)
            sessions[number] = await TlsSession.ConnectAsync(port, Dataset.Greeting);
        return sessions;
    }
}
