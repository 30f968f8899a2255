using System.Globalization;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Swarm;

/// <summary>
/// A host of a <see cref="ShapedNetwork"/>: a network namespace, and a home folder for the programs that run in it.
/// </summary>
/// <remarks>
/// The namespace has no name: it lives as long as a process in it. The first one is cat, which waits for the end of its input. So
/// nothing of the host outlives this process, however it ends: the kernel closes the pipe, and then removes the namespace with its
/// interfaces.
/// </remarks>
internal sealed class NetworkHost : IAsyncDisposable
{
    // Ethernet 14, IPv4 20, TCP 20 and its time stamps 12.
    private const int HeaderBytes = 66;

    // In a session of its own, a program does not receive the Ctrl+C of the terminal: only this process does, and stops all in order.
    private const string Detach = "setsid";
    private readonly ProgramProcess _namespace;
    private readonly List<ProgramProcess> _programs = [];

    private NetworkHost(ProgramProcess holder, int number, string home) => (_namespace, Number, Home) = (holder, number, home);

    public int Number { get; }

    /// <summary>Its home folder, and the current folder of its programs.</summary>
    public string Home { get; }

    public string Address => AddressOf(Number);

    /// <summary>A process in its namespace, by which <c>ip link</c> names the namespace.</summary>
    public int ProcessId => _namespace.Id;

    /// <summary>The bytes that left its interface, without the headers.</summary>
    public long SentBytes => WithoutHeaders(bytesColumn: 8);

    /// <summary>The bytes that arrived at its interface, without the headers.</summary>
    public long ReceivedBytes => WithoutHeaders(bytesColumn: 0);

    public static string AddressOf(int number) => string.Create(CultureInfo.InvariantCulture, $"10.77.0.{number}");

    /// <summary>The path of a file in the downloads folder of its programs.</summary>
    public string Downloaded(string name) => Path.Combine(Home, "downloads", name);

    public static async Task<NetworkHost> CreateAsync(int number, string home)
    {
        Directory.CreateDirectory(home);
        var holder = ProgramProcess.Start(Tool.Find(Detach)!, ["unshare", "--net", "sh", "-c", "echo ready; exec cat"]);
        await holder.WaitForLineAsync("ready");
        return new NetworkHost(holder, number, home);
    }

    /// <summary>Starts a program, which is killed when the host is disposed.</summary>
    public ProgramProcess Start(string path, params string[] arguments)
    {
        var environment = new Dictionary<string, string?>
        {
            ["HOME"] = Home,
            ["XDG_STATE_HOME"] = Path.Combine(Home, ".state"),
            ["XDG_CACHE_HOME"] = Path.Combine(Home, ".cache"),
        };
        string[] command = ["nsenter", $"--net=/proc/{ProcessId}/ns/net", path, .. arguments];
        var program = ProgramProcess.Start(Tool.Find(Detach)!, command, Home, environment);
        _programs.Add(program);
        return program;
    }

    /// <summary>Runs a command of the shell.</summary>
    /// <param name="command">The command.</param>
    /// <param name="input">The lines of its standard input.</param>
    /// <exception cref="InvalidOperationException">Its exit code was not 0.</exception>
    public async Task RunAsync(string command, params IEnumerable<string> input)
    {
        var program = Start("/bin/sh", "-c", command);
        await program.SendLineAsync(string.Join('\n', input));
        program.CloseInput();
        if (await program.WaitForExitAsync() is not 0 and var code)
            throw new InvalidOperationException($"{command} ended with {code}: {program.Errors.Text}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in _programs)
            await program.DisposeAsync();
        await _namespace.DisposeAsync();
    }

    // A line of /proc/net/dev (proc(5)) has, after the name, 8 columns for what arrived and 8 for what left; the first two of each are
    // bytes and packets. A packet has one set of headers here, also one that the interface would split into several frames.
    private long WithoutHeaders(int bytesColumn)
    {
        var lines = File.ReadLines($"/proc/{ProcessId}/net/dev");
        var line = lines.First(line => line.TrimStart().StartsWith("eth0:", StringComparison.Ordinal));
        var columns = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long Column(int number) => long.Parse(columns[number], CultureInfo.InvariantCulture);
        return Column(bytesColumn) - HeaderBytes * Column(bytesColumn + 1);
    }
}
