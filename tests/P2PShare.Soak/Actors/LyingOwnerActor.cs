using P2PShare.Testing.Peers;

namespace P2PShare.Soak.Actors;

/// <summary>An owner that announces the files of an honest owner and sends corrupted pieces, from the start or later.</summary>
internal sealed class LyingOwnerActor(int serverPort, LongRunningClient honest, Findings findings) : IActor
{
    private const int MaxHonestBytes = 10_000_000;
    private const int Names = 12;

    public async Task RunAsync(Random random, CancellationToken cancellation)
    {
        await using var liar = new LyingPeer(honest.Address, random.Next(2) * random.Next(MaxHonestBytes));
        foreach (var (name, identity) in random.GetItems(honest.Shared.ToArray(), Names).DistinctBy(file => file.Name))
            await liar.ShareAsync(serverPort, identity, name);
        findings.Count("lying owners");
        await Pause.AtMostAsync(random.Next(1, 45), cancellation);
        findings.Count("wrong pieces sent", liar.CorruptedPieces);
    }
}
