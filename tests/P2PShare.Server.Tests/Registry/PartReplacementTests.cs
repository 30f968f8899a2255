using P2PShare.Server.Configuration;
using P2PShare.Server.Registry.Tables;

namespace P2PShare.Server.Tests.Registry;

/// <summary>A part that becomes the whole content, while other threads look for it.</summary>
public sealed class PartReplacementTests
{
    private const int Owners = 8;
    private const int Rounds = 3000;

    private readonly InMemoryFileRegistry _registry = new(TimeProvider.System, ServerBounds.Default);
    private volatile bool _done;

    [Fact]
    public async Task Each_owner_is_found_at_every_moment_between_its_part_and_its_entry()
    {
        for (var owner = 1; owner <= Owners; owner++)
            _registry.PutPart(owner, 5);
        var looking = Enumerable.Range(0, 2).Select(_ => OnThread(Look)).ToList();

        await Task.WhenAll(Enumerable.Range(1, Owners).Select(owner => OnThread(() => Replace(owner))));
        _done = true;

        (await Task.WhenAll(looking)).Should().OnlyContain(missed => missed == 0);
        _registry.FindPeers(5).Should().HaveCount(Owners).And.OnlyContain(peer => peer.IsWhole);
    }

    // From a part to the whole content and back. Meanwhile another owner with the same address has the content, so that the address is
    // never without one.
    private int Replace(int owner)
    {
        for (var round = 0; round < Rounds; round++)
        {
            _registry.PutAll(Entries.Entry(owner, $"{owner}", 5));
            _registry.PutAll(Entries.Entry(owner, $"other {owner}", 5));
            _registry.Remove(owner, Entries.Name($"{owner}"));
            _registry.PutAll(Entries.Entry(owner + Owners, $"{owner}", 5) with { Address = Entries.Address(owner) });
            _registry.Remove(owner, Entries.Name($"other {owner}"));
            _registry.PutPart(owner, 5);
            _registry.RemoveAll(owner + Owners);
        }

        _registry.PutAll(Entries.Entry(owner, $"{owner}", 5));
        return 0;
    }

    private int Look()
    {
        var missed = 0;
        while (!_done)
        {
            var found = _registry.FindPeers(5);
            if (found.Count != Owners || found.Select(peer => peer.Peer).Distinct().Count() != Owners)
                missed++;
        }

        return missed;
    }

    private static Task<int> OnThread(Func<int> work) => Task.Factory.StartNew(work, TaskCreationOptions.LongRunning);
}
