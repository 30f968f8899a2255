using System.Diagnostics;
using System.Globalization;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Running;

/// <summary>The published <c>client</c>, fed through a pipe, in a folder of its own.</summary>
internal sealed class ClientUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);
    private readonly ProgramProcess _process;
    private readonly string _folder;

    private ClientUnderTest(ProgramProcess process, string folder) => (_process, _folder) = (process, folder);

    public int Id => _process.Id;

    /// <param name="server">The server.</param>
    /// <param name="folder">Where its downloads, its log and its cache of ids go.</param>
    public static async Task<ClientUnderTest> StartAsync(ServerUnderTest server, string folder)
    {
        var environment = new Dictionary<string, string?>
        {
            ["HOME"] = folder,
            ["XDG_STATE_HOME"] = Path.Combine(folder, ".state"),
            ["XDG_CACHE_HOME"] = Path.Combine(folder, ".cache"),
        };
        var process = ProgramProcess.Start(Dist.Client, ["bench", "127.0.0.1", server.Port.ToString(CultureInfo.InvariantCulture), "0"], folder, environment);
        await process.WaitForLineAsync("peers reach me on port");
        return new ClientUnderTest(process, folder);
    }

    /// <summary>The folder of what it fetched.</summary>
    public string Downloads => Path.Combine(_folder, "downloads");

    public string Downloaded(string name) => Path.Combine(Downloads, name);

    /// <summary>Types a command and waits for the line that ends it; gives the time between, in seconds.</summary>
    public async Task<double> TimeAsync(string command, string end)
    {
        var start = Stopwatch.GetTimestamp();
        await _process.SendLineAsync(command);
        await _process.WaitForLineAsync(end, Patience);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
