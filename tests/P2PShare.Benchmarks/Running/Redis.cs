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

    private Redis(ProgramProcess process, int port, int tlsPort) => (_process, Port, TlsPort) = (process, port, tlsPort);

    public int Port { get; }

    /// <summary>0 where it has no certificate.</summary>
    public int TlsPort { get; }

    public int Id => _process.Id;

    /// <summary>Null where it is not installed.</summary>
    /// <param name="certificate">For a second port in TLS; null for none.</param>
    public static async Task<Redis?> TryStartAsync(RivalCertificate? certificate = null)
    {
        if (Tool.Find(Name) is not { } path)
            return null;
        var port = Ports.FindFree();
        var tlsPort = certificate is null ? 0 : Ports.FindFree();
        string[] command =
        [
            .. DescriptorLimit.MaximumPrefix, path, "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1",
            "--save", "", "--appendonly", "no", "--maxclients", "100000", "--tcp-backlog", "4096",
            .. certificate?.RedisArguments(tlsPort) ?? [],
        ];
        var process = ProgramProcess.Start(command[0], command[1..], Path.GetTempPath());
        await Ports.WaitForAsync(port);
        return new Redis(process, port, tlsPort);
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
