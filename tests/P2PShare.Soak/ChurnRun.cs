using System.Diagnostics;
using System.Net;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.Soak;

/// <summary>So many connections, ended in every way, to a server and to a client that may have few descriptors.</summary>
internal sealed class ChurnRun(int connections, int descriptors, int seed, TextWriter output)
{
    // More than the programs can hold at once, so that they run out of descriptors again and again.
    private const int AtOnce = 400;
    private const int Addresses = 200;
    private const int WarmUp = 5_000;
    private const int SparedThreads = 16;

    private static readonly TimeSpan Aftermath = TimeSpan.FromMinutes(1);

    private readonly Findings _findings = new(output);
    private int _connected;

    /// <returns>Whether everything held.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        output.WriteLine($"seed {seed}: {connections:N0} connections to each program, {AtOnce} at once, of {descriptors} descriptors");
        using var home = new TempFolder();
        await using var server = await RunningServer.StartAsync(Descriptors.AtMost(descriptors), 0);
        await using var client = await RunningClient.StartAsync(server, "owner", home, prefix: Descriptors.AtMost(descriptors));
        var path = await new SeededBytes(1).WriteFileAsync(home.File("shelf 11 of 25000000.bin"), 25_000_000, cancellation);
        await client.CommandAsync($"ANNOUNCE {path}", "Announced");

        await ChurnAsync("the server", server.Process, server.Port, cancellation);
        await ChurnAsync("the client", client.Process, client.PeerPort, cancellation);

        await using var last = await RunningClient.StartAsync(server, "last");
        await last.CommandAsync($"REQUEST {Path.GetFileName(path)}", "Saved", Aftermath);
        _findings.Require(FileContent.AreEqual(path, last.Downloaded(Path.GetFileName(path))), "whoever comes afterwards is served");
        foreach (var fault in Faults.InLogsUnder(server.Folder.Path).Concat(Faults.InLogsUnder(home.Path)))
            _findings.Break(fault);
        return _findings.Broken == 0;
    }

    private async Task ChurnAsync(string name, ProgramProcess process, int port, CancellationToken cancellation)
    {
        var idle = Figures.Of(process.Id);
        await VisitAsync(WarmUp, port, seed, cancellation);
        var before = await Figures.WhenLetGoAsync(process.Id, idle.Descriptors);
        var (start, connectedBefore) = (Stopwatch.GetTimestamp(), _connected);
        await VisitAsync(connections, port, seed + 1, cancellation);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var after = await Figures.WhenLetGoAsync(process.Id, idle.Descriptors);
        output.WriteLine($"{name}: idle {idle}; after {WarmUp:N0} {before}; after {connections:N0} more, {_connected - connectedBefore:N0} of them connected, in {seconds:F0} s {after}");
        _findings.Require(after.Descriptors <= idle.Descriptors, $"{name} has let go of every connection");
        _findings.Require(after.Threads <= before.Threads + SparedThreads, $"{name} has no thread more than its pool may have started");
        _findings.Require(after.ResidentBytes <= before.ResidentBytes * 1.25, $"{name} has no more memory");
    }

    private async Task VisitAsync(int count, int port, int fromSeed, CancellationToken cancellation)
    {
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(worker => Task.Run(
            async () =>
            {
                var random = new Random(HashCode.Combine(fromSeed, worker));
                while (Interlocked.Increment(ref next) <= count)
                    await VisitOnceAsync(port, random, cancellation);
            },
            cancellation)));
    }

    private async Task VisitOnceAsync(int port, Random random, CancellationToken cancellation)
    {
        try
        {
            var from = new IPAddress([127, 0, 1, (byte)(1 + random.Next(Addresses))]);
            if (await Visit.PayAsync(new IPEndPoint(IPAddress.Loopback, port), from, random, cancellation))
                Interlocked.Increment(ref _connected);
        }
        catch (TimeoutException e)
        {
            _findings.Break(e.Message);
        }
    }
}
