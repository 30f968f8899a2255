using System.Net;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.Soak;

/// <summary>
/// The client that runs from the start to the end and shares every file. The lying owners forward its answers, corrupted.
/// </summary>
internal sealed class LongRunningClient(
    RunningClient client, IReadOnlyList<(FileName Name, FileIdentity Identity)> shared) : IAsyncDisposable
{
    public RunningClient Client => client;

    public PeerAddress Address => PeerAddress.Create(IPAddress.Loopback, client.PeerPort);

    public IReadOnlyList<(FileName Name, FileIdentity Identity)> Shared => shared;

    public static async Task<LongRunningClient> StartAsync(RunningServer server, TestFiles files)
    {
        var client = await RunningClient.StartAsync(server, "resident");
        var shared = new List<(FileName, FileIdentity)>();
        for (var number = 0; number < TestFiles.Names; number++)
        {
            var line = await client.CommandAsync($"ANNOUNCE {files.PathOf(number, 0)}", "Announced");
            shared.Add((TestName.Parse(TestFiles.NameOf(number)), AnnounceOutput.IdentityIn(line, TestFiles.LengthOf(number))));
        }

        return new LongRunningClient(client, shared);
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();
}
