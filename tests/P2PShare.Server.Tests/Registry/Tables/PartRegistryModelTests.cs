using P2PShare.Protocol.Identity;
using P2PShare.Server.Configuration;
using P2PShare.Server.Registry;
using P2PShare.Server.Registry.Tables;

namespace P2PShare.Server.Tests.Registry.Tables;

/// <summary>
/// Random announcements by many owners, so that contents have few entries, many and few again, and get and lose their swarms. Some
/// owners have the same address.
/// </summary>
public sealed class PartRegistryModelTests
{
    private const int Owners = 300;
    private const int Addresses = 250;
    private const int Contents = 3;
    private const int OperationsOfPhase = 1500;

    private readonly InMemoryFileRegistry _real = new(TimeProvider.System, ServerBounds.Default, new Random(1));
    private readonly NaiveFileRegistry _model = new(TimeProvider.System, ServerBounds.Default);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Peers_are_the_same_in_both_registries_as_owners_come_and_go(int seed)
    {
        var random = new Random(seed);
        for (var phase = 0; phase < 8; phase++)
        {
            for (var i = 0; i < OperationsOfPhase; i++)
            {
                var content = 1 + random.Next(Contents);
                if (random.Next(10) < (phase % 2 == 0 ? 8 : 2))
                    Add(random, 1 + random.Next(Owners), content);
                else
                    Remove(random, 1 + random.Next(Owners), content);
                if (i % 20 == 0)
                    Compare(content);
            }
        }

        for (var owner = 1; owner <= Owners; owner++)
            _real.RemoveAll(owner).Should().Be(_model.RemoveAll(owner));
        for (var content = 1; content <= Contents; content++)
            Compare(content);
    }

    private void Add(Random random, int owner, int content)
    {
        var address = Entries.Address(owner % Addresses);
        if (random.Next(3) == 0)
        {
            _real.PutPart(owner, Entries.Id(content), address).Should().Be(_model.PutPart(owner, Entries.Id(content), address));
            return;
        }

        var size = random.Next(5) == 0 ? random.Next(1, 4) : content;
        var entry = new FileEntry(owner, AnyName(random), address, Entries.Content(content, size));
        _real.Put(entry).Should().Be(_model.Put(entry));
    }

    private void Remove(Random random, int owner, int content)
    {
        var name = AnyName(random);
        _real.RemovePart(owner, Entries.Id(content)).Should().Be(_model.RemovePart(owner, Entries.Id(content)));
        if (random.Next(2) == 0)
            _real.RemoveAll(owner).Should().Be(_model.RemoveAll(owner));
        else
            _real.Remove(owner, name).Should().Be(_model.Remove(owner, name));
    }

    private void Compare(int content)
    {
        var peers = _model.FindPeers(content, Owners);
        _real.FindPeers(content, Owners).ToHashSet().SetEquals(peers).Should().BeTrue();
        var some = _real.FindPeers(content);
        some.Should().HaveCount(Math.Min(50, peers.Count)).And.OnlyHaveUniqueItems();
        some.ToHashSet().IsSubsetOf(peers).Should().BeTrue();
    }

    private static FileName AnyName(Random random) => Entries.Name($"{random.Next(10)}");
}
