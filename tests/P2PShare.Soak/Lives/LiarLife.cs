using P2PShare.Testing.Peers;

namespace P2PShare.Soak.Lives;

/// <summary>An owner that says it has what an honest one has, and sends something else, sooner or later or at once.</summary>
internal sealed class LiarLife(int serverPort, Stayer honest, Findings findings) : ILife
{
    private const int MostHonestBytes = 10_000_000;
    private const int Names = 12;

    public async Task LiveAsync(Random random, CancellationToken cancellation)
    {
        await using var liar = new LyingPeer(honest.Address, random.Next(2) * random.Next(MostHonestBytes));
        foreach (var (name, identity) in random.GetItems(honest.Shared.ToArray(), Names).DistinctBy(one => one.Name))
            await liar.ShareAsync(serverPort, identity, name);
        findings.Count("liars");
        await Pause.AtMostAsync(random.Next(1, 45), cancellation);
        findings.Count("wrong pieces sent", liar.Lies);
    }
}
