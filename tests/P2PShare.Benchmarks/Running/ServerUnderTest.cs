using System.Globalization;
using System.Text.RegularExpressions;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Running;

/// <summary>The published <c>server</c>, on a free port, taking as many connections as a comparison opens.</summary>
internal sealed partial class ServerUnderTest : IAsyncDisposable
{
    private readonly ProgramProcess _process;
    private readonly TempFolder _folder;

    private ServerUnderTest(ProgramProcess process, TempFolder folder, int port) => (_process, _folder, Port) = (process, folder, port);

    public int Port { get; }

    public int Id => _process.Id;

    /// <summary>Its resident memory once it has come to rest: the least of some seconds.</summary>
    public async Task<long> SettledBytesAsync()
    {
        var least = long.MaxValue;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        for (var sample = 0; sample < 12; sample++)
        {
            await tick.WaitForNextTickAsync();
            least = Math.Min(least, ProcessFigures.ResidentBytes(Id));
        }

        return least;
    }

    public static async Task<ServerUnderTest> StartAsync()
    {
        var folder = new TempFolder();
        string[] command = [.. Descriptors.Prefix, Dist.Server, "0", "--max-connections", "190000", "--max-per-address", "190000"];
        var process = ProgramProcess.Start(command[0], command[1..], folder.Path);
        var line = await process.WaitForLineAsync("Listening on");
        return new ServerUnderTest(process, folder, int.Parse(PortInLine().Match(line).Groups[1].Value, CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    [GeneratedRegex(@":(\d+)\b")]
    private static partial Regex PortInLine();
}
