using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Running;

/// <summary>A server and a number of clients that share one file.</summary>
internal sealed class OwnerGroup : IAsyncDisposable
{
    private readonly List<RunningClient> _owners = [];

    private OwnerGroup(RunningServer server) => Server = server;

    public RunningServer Server { get; }

    public IReadOnlyList<RunningClient> Owners => _owners;

    public static async Task<OwnerGroup> StartAsync(Workspace workspace, string file, string name, int owners)
    {
        var shared = new OwnerGroup(await RunningServer.StartForCrowdAsync());
        for (var number = 0; number < owners; number++)
        {
            var owner = await RunningClient.StartAsync(shared.Server, "bench");
            shared._owners.Add(owner);
            await owner.TimeAsync($"ANNOUNCE {file}", "Announced");
        }

        return shared;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var owner in _owners)
            await owner.DisposeAsync();
        await Server.DisposeAsync();
    }
}
