using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Swarm;

/// <summary>libtorrent: a seed, and clients that are told the addresses of the seed and of each other.</summary>
/// <param name="script">torrent.py.</param>
/// <param name="torrent">The torrent of the file.</param>
/// <param name="file">The shared file.</param>
internal sealed class LibtorrentProgram(string script, string torrent, string file) : ISwarmProgram
{
    public string BeginLine => "begin";

    public string DoneText => "finished";

    public Task<ProgramProcess> StartOwnerAsync(ShapedNetwork network) =>
        StartAsync(network.Owner, "share", file, torrent, network.Owner.Address);

    public Task<ProgramProcess> StartClientAsync(ShapedNetwork network, NetworkHost host, bool gives)
    {
        if (!gives)
            throw new NotSupportedException("torrent.py has no client that never gives.");
        var folder = Directory.CreateDirectory(Path.GetDirectoryName(host.Downloaded("any"))!).FullName;
        var others = network.Clients.Where(other => other != host).Select(other => other.Address);
        return StartAsync(host, ["join", torrent, folder, host.Address, network.Owner.Address, .. others]);
    }

    private async Task<ProgramProcess> StartAsync(NetworkHost host, params string[] arguments)
    {
        var program = host.Start(Tool.Find(Libtorrent.Python)!, [script, .. arguments]);
        await program.WaitForLineAsync("ready");
        return program;
    }
}
