using System.Globalization;
using System.Net;
using System.Text;
using P2PShare.Benchmarks.Load;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Running;

/// <summary>redis-server without persistence.</summary>
internal sealed class Redis : IAsyncDisposable
{
    public const string Name = "redis-server";
    private readonly ProgramProcess _process;

    private Redis(ProgramProcess process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public int Id => _process.Id;

    /// <summary>Null where it is not installed.</summary>
    public static async Task<Redis?> TryStartAsync()
    {
        if (Tool.Find(Name) is not { } path)
            return null;
        var port = Ports.FindFree();
        string[] command =
        [
            .. DescriptorLimit.MaximumPrefix, path, "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1",
            "--save", "", "--appendonly", "no", "--maxclients", "100000", "--tcp-backlog", "4096",
        ];
        var process = ProgramProcess.Start(command[0], command[1..], Path.GetTempPath());
        await Ports.WaitForAsync(port);
        return new Redis(process, port);
    }

    /// <summary>used_memory of INFO, in bytes: the memory that its allocator has handed out.</summary>
    public long UsedMemory()
    {
        using var socket = LineLoad.Connect(new IPEndPoint(IPAddress.Loopback, Port), "");
        socket.Send("INFO memory\r\n"u8);
        var buffer = new byte[16 * 1024];
        var text = Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
        var line = text.Split('\n').First(line => line.StartsWith("used_memory:", StringComparison.Ordinal));
        return long.Parse(line.Split(':')[1], CultureInfo.InvariantCulture);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
