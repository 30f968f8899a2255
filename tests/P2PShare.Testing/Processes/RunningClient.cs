using System.Diagnostics;
using System.Globalization;

namespace P2PShare.Testing.Processes;

/// <summary>The published program <c>client</c> with a pipe as its input and its own home folder.</summary>
public sealed class RunningClient : IAsyncDisposable
{
    private readonly bool _ownsFolder;

    private RunningClient(ProgramProcess process, TempFolder folder, int peerPort, bool ownsFolder) =>
        (Process, Folder, PeerPort, _ownsFolder) = (process, folder, peerPort, ownsFolder);

    public ProgramProcess Process { get; }

    public TempFolder Folder { get; }

    public int PeerPort { get; }

    /// <summary>Starts a client and waits until it is connected.</summary>
    /// <param name="server">The server to connect to.</param>
    /// <param name="user">The user name.</param>
    /// <param name="folder">
    /// Its home and current folder; a new one where null. Pass the folder of a killed client to restart that client.
    /// </param>
    /// <param name="peerPort">0 for any free port.</param>
    /// <param name="prefix">A command prefix, such as one of <see cref="DescriptorLimit"/>.</param>
    public static async Task<RunningClient> StartAsync(
        RunningServer server,
        string user,
        TempFolder? folder = null,
        int peerPort = 0,
        IReadOnlyList<string>? prefix = null)
    {
        var home = folder ?? new TempFolder();
        var port = peerPort.ToString(CultureInfo.InvariantCulture);
        string[] command = [.. prefix ?? [], Programs.Client, user, "127.0.0.1", server.Port.ToString(CultureInfo.InvariantCulture), port];
        var process = ProgramProcess.Start(command[0], command[1..], home.Path, EnvironmentIn(home));
        var line = await process.WaitForLineAsync("peers reach me on port");
        var boundPort = int.Parse(line[(line.LastIndexOf(' ') + 1)..].TrimEnd('.'), CultureInfo.InvariantCulture);
        return new RunningClient(process, home, boundPort, ownsFolder: folder is null);
    }

    /// <summary>Starts a client with these arguments, and does not wait for anything.</summary>
    public static ProgramProcess Launch(TempFolder home, params string[] arguments) =>
        ProgramProcess.Start(Programs.Client, arguments, home.Path, EnvironmentIn(home));

    public static Dictionary<string, string?> EnvironmentIn(TempFolder home) => new()
    {
        ["HOME"] = home.Path,
        ["XDG_STATE_HOME"] = home.File(".state"),
        ["XDG_CACHE_HOME"] = home.File(".cache"),
    };

    /// <summary>The path of a file in its downloads folder.</summary>
    public string Downloaded(string name) => Folder.File(Path.Combine("downloads", name));

    /// <summary>Sends a command and returns the next line of standard output that contains <paramref name="answer"/>.</summary>
    public async Task<string> CommandAsync(string command, string answer, TimeSpan? timeout = null)
    {
        await Process.SendLineAsync(command);
        return await Process.WaitForLineAsync(answer, timeout);
    }

    /// <summary>As <see cref="CommandAsync"/>, and returns the time until the answer, in seconds.</summary>
    public async Task<double> TimeAsync(string command, string answer)
    {
        var start = Stopwatch.GetTimestamp();
        await CommandAsync(command, answer, TimeSpan.FromMinutes(10));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Sends LIST_FILES --owners and returns the rows without the heading, and the line with their number.</summary>
    public async Task<IReadOnlyList<string>> ListFilesAsync()
    {
        var before = Process.Output.Lines.Count;
        await Process.SendLineAsync("LIST_FILES --owners");
        await Process.Output.WaitForLineAsync(
            line => line is "1 file" || line.EndsWith(" files", StringComparison.Ordinal), what: "the line that ends LIST_FILES");
        return [.. Process.Output.Lines.Skip(before).Where(line => !line.StartsWith("NAME ", StringComparison.Ordinal))];
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        if (_ownsFolder)
            Folder.Dispose();
    }
}
