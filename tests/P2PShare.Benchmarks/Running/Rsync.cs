using System.Globalization;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Running;

/// <summary>rsync as a daemon that shares one folder.</summary>
internal sealed class Rsync : IAsyncDisposable
{
    public const string Name = "rsync";
    private readonly ProgramProcess _process;
    private readonly int _port;

    private Rsync(ProgramProcess process, int port) => (_process, _port) = (process, port);

    /// <summary>The URL of the content of the folder.</summary>
    public string Url => $"rsync://127.0.0.1:{_port}/content/";

    /// <summary>Null where it is not installed.</summary>
    public static async Task<Rsync?> TryStartAsync(string content, string folder)
    {
        if (Tool.Find(Name) is not { } path)
            return null;
        var port = Ports.FindFree();
        var configuration = Path.Combine(folder, "rsyncd.conf");
        await File.WriteAllTextAsync(
            configuration, $"use chroot = no\nlog file = {folder}/log\n[content]\npath = {content}\nread only = yes\nuid = 0\ngid = 0\n");
        var portText = port.ToString(CultureInfo.InvariantCulture);
        var process = ProgramProcess.Start(
            path, ["--daemon", "--no-detach", $"--config={configuration}", "--address=127.0.0.1", $"--port={portText}"]);
        await Ports.WaitForAsync(port);
        return new Rsync(process, port);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
