using System.Globalization;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Running;

/// <summary>libtorrent through its Python binding: one seed of a file, and downloads from it.</summary>
internal sealed class Libtorrent : IAsyncDisposable
{
    public const string Python = "python3";
    private const int PieceKibibytes = 1024;
    private readonly ProgramProcess _seed;
    private readonly string _script;
    private readonly string _torrent;
    private readonly string _port;

    private Libtorrent(ProgramProcess seed, string script, string torrent, string port) =>
        (_seed, _script, _torrent, _port) = (seed, script, torrent, port);

    /// <summary>Writes torrent.py and the torrent of a file into a folder. Null where libtorrent is not installed.</summary>
    public static async Task<(string Script, string Torrent)?> TryMakeTorrentAsync(string file, string folder, int pieceKibibytes)
    {
        if (Tool.Find(Python) is not { } python || !await IsInstalledAsync(python))
            return null;
        var script = Path.Combine(folder, "torrent.py");
        var torrent = Path.Combine(folder, "content.torrent");
        await using (var source = typeof(Libtorrent).Assembly.GetManifestResourceStream("torrent.py")!)
        await using (var target = File.Create(script))
            await source.CopyToAsync(target);
        await Tool.TimeAsync(Python, script, "make", file, torrent, pieceKibibytes.ToString(CultureInfo.InvariantCulture));
        return (script, torrent);
    }

    /// <summary>Null where it is not installed.</summary>
    public static async Task<Libtorrent?> TryStartAsync(string file, string folder)
    {
        if (await TryMakeTorrentAsync(file, folder, PieceKibibytes) is not var (script, torrent))
            return null;
        var port = Ports.FindFree().ToString(CultureInfo.InvariantCulture);
        var seed = ProgramProcess.Start(Tool.Find(Python)!, [script, "seed", file, torrent, port]);
        await seed.WaitForLineAsync("seeding");
        return new Libtorrent(seed, script, torrent, port);
    }

    /// <summary>
    /// TimedFetch it; the time from adding the torrent until every piece was verified, in seconds, by the clock of the fetching
    /// process.
    /// </summary>
    public async Task<double> FetchAsync(string folder)
    {
        await using var process = ProgramProcess.Start(Tool.Find(Python)!, [_script, "fetch", _torrent, folder, _port]);
        await process.WaitForExitAsync(TimeSpan.FromMinutes(30));
        return double.Parse(process.Output.Lines[^1], CultureInfo.InvariantCulture);
    }

    public ValueTask DisposeAsync() => _seed.DisposeAsync();

    private static async Task<bool> IsInstalledAsync(string python)
    {
        await using var process = ProgramProcess.Start(python, ["-c", "import libtorrent"]);
        return await process.WaitForExitAsync() == 0;
    }
}
