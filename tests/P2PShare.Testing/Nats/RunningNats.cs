using System.Globalization;
using System.Text.RegularExpressions;
using P2PShare.Testing.Processes;

namespace P2PShare.Testing.Nats;

/// <summary>The program <c>nats-server</c> on a port of the loopback address that it has chosen, with a folder of its own.</summary>
public sealed partial class RunningNats : IAsyncDisposable
{
    // The second is not on the path of every user.
    private static readonly string[] Folders = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];
    private static readonly string? Program = Folders.Select(folder => Path.Combine(folder, "nats-server")).FirstOrDefault(File.Exists);

    private readonly TempFolder _folder = new();
    private readonly string[] _options;

    private RunningNats(string[] options) => _options = options;

    /// <summary>Why tests with it are skipped; null where it is installed.</summary>
    public static string? WhySkipped => Program is null ? "nats-server is not installed: apt-get install nats-server" : null;

    public ProgramProcess Process { get; private set; } = null!;

    /// <summary>The port for clients. It stays the same when the program is started again.</summary>
    public int Port { get; private set; }

    /// <summary>The port for other servers of a cluster; 0 where it is in none.</summary>
    public int RoutePort { get; private set; }

    public string Url => $"nats://127.0.0.1:{Port}";

    /// <summary>Starts one with JetStream.</summary>
    /// <param name="options">Further arguments.</param>
    public static Task<RunningNats> StartAsync(params string[] options) => StartPlainAsync(["--jetstream", .. options]);

    /// <summary>Starts one without JetStream.</summary>
    /// <param name="options">Further arguments.</param>
    public static async Task<RunningNats> StartPlainAsync(params string[] options)
    {
        var nats = new RunningNats(options);
        await nats.StartProcessAsync();
        return nats;
    }

    /// <summary>Kills it, so that it can close nothing.</summary>
    public async Task KillAsync()
    {
        Process.Kill();
        await Process.WaitForExitAsync();
    }

    /// <summary>Starts it again after <see cref="KillAsync"/>, on its port.</summary>
    /// <param name="hasForgotten">Whether what it has stored is deleted before, as where it was in memory.</param>
    public async Task StartAgainAsync(bool hasForgotten = false)
    {
        if (hasForgotten)
            Directory.Delete(_folder.File("store"), recursive: true);
        await Process.DisposeAsync();
        await StartProcessAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartProcessAsync()
    {
        var port = Port == 0 ? "-1" : Port.ToString(CultureInfo.InvariantCulture);
        var route = RoutePort == 0 ? "-1" : RoutePort.ToString(CultureInfo.InvariantCulture);
        Process = ProgramProcess.Start(
            Program!,
            [
                "--addr", "127.0.0.1", "--port", port, "--store_dir", _folder.File("store"),
                .. _options.Select(one => one.Replace("ROUTE", route)),
            ],
            _folder.Path);
        Port = PortIn(await Process.Errors.WaitForLineAsync("Listening for client connections on"));
        await Process.Errors.WaitForLineAsync("Server is ready");
        if (_options.Contains("--cluster"))
            RoutePort = PortIn(await Process.Errors.WaitForLineAsync("Listening for route connections on"));
    }

    private static int PortIn(string line) => int.Parse(PortAtEnd().Match(line).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@":(\d+)$")]
    private static partial Regex PortAtEnd();
}
