namespace P2PShare.Benchmarks.Running;

/// <summary>A server, and so many clients that share one file.</summary>
internal sealed class SharedBy : IAsyncDisposable
{
    private readonly List<ClientUnderTest> _owners = [];

    private SharedBy(ServerUnderTest server) => Server = server;

    public ServerUnderTest Server { get; }

    public IReadOnlyList<ClientUnderTest> Owners => _owners;

    public static async Task<SharedBy> StartAsync(Workspace workspace, string file, string name, int owners)
    {
        var shared = new SharedBy(await ServerUnderTest.StartAsync());
        for (var number = 0; number < owners; number++)
        {
            var owner = await ClientUnderTest.StartAsync(shared.Server, workspace.NewFolder($"{name}-{number}"));
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
