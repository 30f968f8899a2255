using System.Globalization;
using System.Text.RegularExpressions;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests.Running;

/// <summary>The program <c>server</c>, started on a free port, in a folder of its own.</summary>
internal sealed partial class RunningServer : IAsyncDisposable
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
    public static async Task<RunningServer> StartAsync(int port = 0, params string[] options)
    {
        var folder = new TempFolder();
        var process = ProgramProcess.Start(Programs.Server, [port.ToString(CultureInfo.InvariantCulture), .. options], folder.Path);
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
