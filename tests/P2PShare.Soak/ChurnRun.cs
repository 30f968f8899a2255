using System.Diagnostics;
using System.Net;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.Soak;

/// <summary>Many connections, ended in every way, to a server and a client with a low descriptor limit.</summary>
internal sealed class ChurnRun(int connections, int descriptors, int seed, TextWriter output)
{
    // More than the programs can hold, so that they run out of descriptors repeatedly.
    private const int Concurrency = 400;
    private const int Addresses = 200;
    private const int WarmUp = 5_000;
    private const int ToleratedThreads = 16;

    private static readonly TimeSpan SettlingTime = TimeSpan.FromMinutes(1);

    private readonly Findings _findings = new(output);
    private int _connected;

    /// <returns>Whether every check passed.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        output.WriteLine($"seed {seed}: {connections:N0} connections to each program, {Concurrency} at a time, {descriptors} descriptors");
        using var home = new TempFolder();
        await using var server = await RunningServer.StartAsync(DescriptorLimit.PrefixFor(descriptors), 0);
        await using var client = await RunningClient.StartAsync(server, "owner", home, prefix: DescriptorLimit.PrefixFor(descriptors));
        var path = await new SeededBytes(1).WriteFileAsync(home.File("file 11 of 25000000.bin"), 25_000_000, cancellation);
        await client.CommandAsync($"ANNOUNCE {path}", "Announced");

        await ChurnAsync("the server", server.Process, server.Port, cancellation);
        await ChurnAsync("the client", client.Process, client.PeerPort, cancellation);

        await using var last = await RunningClient.StartAsync(server, "last");
        await last.CommandAsync($"REQUEST {Path.GetFileName(path)}", "Saved", SettlingTime);
        _findings.Require(FileContent.AreEqual(path, last.Downloaded(Path.GetFileName(path))), "a later client is served");
        foreach (var fault in LogFaults.InLogsUnder(server.Folder.Path).Concat(LogFaults.InLogsUnder(home.Path)))
            _findings.Report(fault);
        return _findings.Failures == 0;
    }

    private async Task ChurnAsync(string name, ProgramProcess process, int port, CancellationToken cancellation)
    {
        var idle = ResourceUsage.Of(process.Id);
        await ConnectAsync(WarmUp, port, seed, cancellation);
        var before = await ResourceUsage.WaitForReleaseAsync(process.Id, idle.Descriptors);
        var (start, connectedBefore) = (Stopwatch.GetTimestamp(), _connected);
        await ConnectAsync(connections, port, seed + 1, cancellation);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var after = await ResourceUsage.WaitForReleaseAsync(process.Id, idle.Descriptors);
        output.WriteLine($"{name}: idle {idle}; after {WarmUp:N0} {before}");
        output.WriteLine($"after {connections:N0} more, {_connected - connectedBefore:N0} of them connected, in {seconds:F0} s: {after}");
        _findings.Require(after.Descriptors <= idle.Descriptors, $"{name} has closed every connection");
        _findings.Require(after.Threads <= before.Threads + ToleratedThreads, $"{name} has no more threads than its pool may have started");
        _findings.Require(after.ResidentBytes <= before.ResidentBytes * 1.25, $"{name} uses no more memory");
    }

    private async Task ConnectAsync(int count, int port, int fromSeed, CancellationToken cancellation)
    {
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(worker => Task.Run(
            async () =>
            {
                var random = new Random(HashCode.Combine(fromSeed, worker));
                while (Interlocked.Increment(ref next) <= count)
                    await ConnectOnceAsync(port, random, cancellation);
            },
            cancellation)));
    }

    private async Task ConnectOnceAsync(int port, Random random, CancellationToken cancellation)
    {
        try
        {
            var from = new IPAddress([127, 0, 1, (byte)(1 + random.Next(Addresses))]);
            if (await RandomConnection.RunAsync(new IPEndPoint(IPAddress.Loopback, port), from, random, cancellation))
                Interlocked.Increment(ref _connected);
        }
        catch (TimeoutException e)
        {
            _findings.Report(e.Message);
        }
    }
}
