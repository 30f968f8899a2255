using System.Globalization;
using System.Text.RegularExpressions;

namespace P2PShare.Testing.Processes;

/// <summary>The published program <c>server</c> in its own folder.</summary>
public sealed partial class RunningServer : IAsyncDisposable
{
    private RunningServer(ProgramProcess process, TempFolder folder, int port) => (Process, Folder, Port) = (process, folder, port);

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

    /// <param name="port">0 for any free port; the port of a killed server to replace that server.</param>
    /// <param name="options">Further arguments.</param>
    public static Task<RunningServer> StartAsync(int port = 0, params string[] options) => StartAsync([], port, options);

    /// <summary>Starts a server that accepts as many connections as the machine allows, also from one address.</summary>
    public static Task<RunningServer> StartForCrowdAsync(int port = 0) =>
        StartAsync(DescriptorLimit.MaximumPrefix, port, ["--max-connections", "190000", "--max-per-address", "190000"]);

    /// <param name="prefix">A command prefix, such as one of <see cref="DescriptorLimit"/>.</param>
    /// <param name="port">0 for any free port.</param>
    /// <param name="options">Further arguments.</param>
    public static async Task<RunningServer> StartAsync(IReadOnlyList<string> prefix, int port, params string[] options)
    {
        var folder = new TempFolder();
        string[] command = [.. prefix, Programs.Server, port.ToString(CultureInfo.InvariantCulture), .. options];
        var process = ProgramProcess.Start(command[0], command[1..], folder.Path);
        var line = await process.WaitForLineAsync("Listening on");
        return new RunningServer(process, folder, int.Parse(PortInLine().Match(line).Groups[1].Value, CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Folder.Dispose();
    }

    [GeneratedRegex(@":(\d+)\b")]
    private static partial Regex PortInLine();
}
