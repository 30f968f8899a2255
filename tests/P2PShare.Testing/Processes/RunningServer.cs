using System.Globalization;
using System.Text.RegularExpressions;

namespace P2PShare.Testing.Processes;

/// <summary>The published program <c>server</c> in its own folder.</summary>
public sealed partial class RunningServer : IAsyncDisposable
{
    private readonly bool _ownsFolder;

    private RunningServer(ProgramProcess process, TempFolder folder, int port, bool ownsFolder) =>
        (Process, Folder, Port, _ownsFolder) = (process, folder, port, ownsFolder);

    public ProgramProcess Process { get; }

    public TempFolder Folder { get; }

    public int Port { get; }

    /// <summary>The content of its log file.</summary>
    public string Log
    {
        get
        {
            const FileShare WhileItIsWritten = FileShare.ReadWrite | FileShare.Delete;
            using var file = new FileStream(Folder.File("server.log"), FileMode.Open, FileAccess.Read, WhileItIsWritten);
            return new StreamReader(file).ReadToEnd();
        }
    }

    /// <summary>Starts this server again, after it was killed: on its port, in its folder, with its key.</summary>
    public Task<RunningServer> RestartAsync(params string[] options) => StartAsync([], Folder, Port, options);

    /// <param name="port">0 for any free port.</param>
    /// <param name="options">Further arguments.</param>
    public static Task<RunningServer> StartAsync(int port = 0, params string[] options) => StartAsync([], port, options);

    /// <summary>Starts a server that accepts as many connections as the machine allows, also from one address.</summary>
    public static Task<RunningServer> StartForCrowdAsync(int port = 0) =>
        StartAsync(DescriptorLimit.MaximumPrefix, port, ["--max-connections", "190000", "--max-per-address", "190000"]);

    /// <param name="prefix">A command prefix, such as one of <see cref="DescriptorLimit"/>.</param>
    /// <param name="port">0 for any free port.</param>
    /// <param name="options">Further arguments.</param>
    public static Task<RunningServer> StartAsync(IReadOnlyList<string> prefix, int port, params string[] options) =>
        StartAsync(prefix, null, port, options);

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        if (_ownsFolder)
            Folder.Dispose();
    }

    private static async Task<RunningServer> StartAsync(
        IReadOnlyList<string> prefix, TempFolder? existing, int port, string[] options)
    {
        var folder = existing ?? new TempFolder();
        string[] command = [.. prefix, Programs.Server, port.ToString(CultureInfo.InvariantCulture), .. options];
        var process = ProgramProcess.Start(command[0], command[1..], folder.Path);
        var line = await process.WaitForLineAsync("Listening on");
        var bound = int.Parse(PortInLine().Match(line).Groups[1].Value, CultureInfo.InvariantCulture);
        return new RunningServer(process, folder, bound, ownsFolder: existing is null);
    }

    [GeneratedRegex(@":(\d+)\b")]
    private static partial Regex PortInLine();
}
