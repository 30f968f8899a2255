using System.Net;
using P2PShare.Protocol.Identity;
using P2PShare.Testing.Processes;

namespace P2PShare.Soak;

/// <summary>The one client that stays from beginning to end, and has everything: the liars pass its answers on, changed.</summary>
internal sealed class Stayer(RunningClient client, IReadOnlyList<(FileName Name, FileIdentity Identity)> shared) : IAsyncDisposable
{
    public RunningClient Client => client;

    public PeerAddress Address => PeerAddress.Create(IPAddress.Loopback, client.PeerPort);

    public IReadOnlyList<(FileName Name, FileIdentity Identity)> Shared => shared;

    public static async Task<Stayer> StartAsync(RunningServer server, Shelf shelf)
    {
        var client = await RunningClient.StartAsync(server, "stayer");
        var shared = new List<(FileName, FileIdentity)>();
        for (var number = 0; number < Shelf.Names; number++)
        {
            var line = await client.CommandAsync($"ANNOUNCE {shelf.PathOf(number, 0)}", "Announced");
            shared.Add((Announced.NameOf(Shelf.NameOf(number)), Announced.IdentityIn(line, Shelf.LengthOf(number))));
        }

        return new Stayer(client, shared);
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();
}
