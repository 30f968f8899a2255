using System.Globalization;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Swarm;

/// <summary>
/// A server, an owner and clients as hosts, connected by one switch. What each host sends is limited to the same rate; what it
/// receives is not limited.
/// </summary>
internal sealed class ShapedNetwork : IAsyncDisposable
{
    private const int ServerNumber = 1;
    private const int OwnerNumber = 2;

    // The frames of a transfer have 1514 bytes, 1448 of them content. tbf counts whole frames, so its rate is higher by the headers:
    // a copy of a file then takes its size divided by the rate of the uplink.
    private const double FramePerContent = 1514.0 / 1448;
    private static readonly string[] Tools = ["ip", "tc", "unshare", "nsenter", "setsid"];
    private readonly List<NetworkHost> _hosts = [];
    private readonly string _folder;

    private ShapedNetwork(string folder) => _folder = folder;

    public NetworkHost Server { get; private set; } = null!;

    public NetworkHost Owner { get; private set; } = null!;

    public IReadOnlyList<NetworkHost> Clients { get; private set; } = [];

    /// <summary>Why this machine cannot have such a network, or null if it can.</summary>
    public static async Task<string?> WhyNotAsync()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return "network namespaces need Linux and root";
        if (Tools.FirstOrDefault(tool => Tool.Find(tool) is null) is { } missing)
            return $"{missing} is not installed";
        const string Probe = "ip link add probe type veth peer name other && ip link add switch type bridge && ";
        await using var probe = ProgramProcess.Start(Tool.Find("unshare")!, ["--net", "sh", "-c", Probe + Shape("probe", 8)]);
        return await probe.WaitForExitAsync() == 0 ? null : $"this machine does not permit it: {probe.Errors.Text.Trim()}";
    }

    /// <param name="clients">The number of clients, at most 250.</param>
    /// <param name="mbits">The rate of each host's uplink, in Mbit/s of content.</param>
    /// <param name="folder">The folder for the homes of the hosts, which is deleted with the network.</param>
    public static async Task<ShapedNetwork> CreateAsync(int clients, int mbits, string folder)
    {
        var network = new ShapedNetwork(folder);
        try
        {
            await network.BuildAsync(clients, mbits);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Shape(string device, int mbits)
    {
        var rate = (mbits * 1e6 * FramePerContent).ToString("0", CultureInfo.InvariantCulture);
        return $"tc qdisc add dev {device} root tbf rate {rate}bit burst 32kb latency 50ms";
    }

    private static string HardwareAddressOf(int number) => $"02:00:00:00:00:{number:x2}";

    private async Task BuildAsync(int clients, int mbits)
    {
        var hub = await AddHostAsync(0, "switch");
        await hub.RunAsync("ip -batch -", "link add switch type bridge", "link set switch up");
        Server = await AddHostAsync(ServerNumber, "server");
        Owner = await AddHostAsync(OwnerNumber, "owner");
        var added = new List<NetworkHost>();
        for (var number = 1; number <= clients; number++)
            added.Add(await AddHostAsync(OwnerNumber + number, string.Create(CultureInfo.InvariantCulture, $"client-{number:00}")));
        Clients = added;
        await hub.RunAsync("ip -batch -", _hosts.Skip(1).SelectMany(Connect));
        foreach (var host in _hosts.Skip(1))
            await host.RunAsync($"ip -batch - && {Shape("eth0", mbits)}", Configure(host));
    }

    private async Task<NetworkHost> AddHostAsync(int number, string name)
    {
        var host = await NetworkHost.CreateAsync(number, Path.Combine(_folder, name));
        _hosts.Add(host);
        return host;
    }

    private static string[] Connect(NetworkHost host) =>
    [
        $"link add port{host.Number} type veth peer name eth0 address {HardwareAddressOf(host.Number)} netns {host.ProcessId}",
        $"link set port{host.Number} master switch up",
    ];

    // Every host knows the hardware addresses of all: the neighbour table has a bound (gc_thresh3, 1024) that all namespaces share, and
    // 50 hosts would exceed it. Permanent entries do not count.
    private IEnumerable<string> Configure(NetworkHost host) =>
    [
        $"address add {host.Address}/24 dev eth0",
        "link set lo up",
        "link set eth0 up",
        .. _hosts.Skip(1).Where(other => other != host).Select(
            other => $"neigh replace {other.Address} lladdr {HardwareAddressOf(other.Number)} dev eth0 nud permanent"),
    ];
}
