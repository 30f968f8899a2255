using System.Globalization;
using System.Text.RegularExpressions;

namespace P2PShare.Testing.Processes;

/// <summary>The published program <c>server</c>, in a folder of its own.</summary>
public sealed partial class RunningServer : IAsyncDisposable
{
    private RunningServer(ProgramProcess process, TempFolder folder, int port) => (Process, Folder, Port) = (process, folder, port);

    public ProgramProcess Process { get; }

    public TempFolder Folder { get; }

    public int Port { get; }

    /// <summary>All that it has logged.</summary>
    public string Log
    {
        get
        {
            using var file = new FileStream(Folder.File("server.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return new StreamReader(file).ReadToEnd();
        }
    }

    /// <param name="port">0 for any; another to come back where a killed one was.</param>
    /// <param name="options">More arguments.</param>
    public static Task<RunningServer> StartAsync(int port = 0, params string[] options) => StartAsync([], port, options);

    /// <summary>One that takes as many connections as the machine lets it have, from one address too.</summary>
    public static Task<RunningServer> StartForCrowdAsync(int port = 0) =>
        StartAsync(Descriptors.Most, port, ["--max-connections", "190000", "--max-per-address", "190000"]);

    /// <param name="prefix">What stands before the program, such as one of <see cref="Descriptors"/>.</param>
    /// <param name="port">0 for any.</param>
    /// <param name="options">More arguments.</param>
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
