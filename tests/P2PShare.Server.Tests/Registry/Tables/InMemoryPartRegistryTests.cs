using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Server.Configuration;
using P2PShare.Server.Registry;
using P2PShare.Server.Registry.Tables;

namespace P2PShare.Server.Tests.Registry.Tables;

public sealed class InMemoryPartRegistryTests : PartRegistryContract
{
    private protected override IFileRegistry Create(ServerBounds bounds) =>
        new InMemoryFileRegistry(TimeProvider.System, bounds, new Random(1));

    [Theory]
    [InlineData(200, 0)]
    [InlineData(0, 200)]
    [InlineData(20, 180)]
    [InlineData(180, 20)]
    public void Each_peer_is_chosen_equally_often_and_in_every_row(int wholes, int parts)
    {
        const int Answers = 4000;
        var registry = Filled(wholes, parts);
        var (times, places) = (new Dictionary<PeerRow, int>(), new Dictionary<PeerRow, int>());
        for (var answer = 0; answer < Answers; answer++)
        {
            foreach (var (place, peer) in registry.FindPeers(5).Index())
            {
                times[peer] = times.GetValueOrDefault(peer) + 1;
                places[peer] = places.GetValueOrDefault(peer) + place;
            }
        }

        // A quarter of the answers each, with a standard deviation of 27; and on average in the middle row, with one of 0.46.
        times.Should().HaveCount(200);
        times.Values.Should().OnlyContain(count => Math.Abs(count - Answers / 4) < 140);
        times.Keys.Should().OnlyContain(peer => Math.Abs((double)places[peer] / times[peer] - 24.5) < 2.5);
    }

    [Fact]
    public void Two_answers_with_too_many_peers_differ()
    {
        var registry = Filled(100, 100);

        registry.FindPeers(5).Should().NotBeEquivalentTo(registry.FindPeers(5));
    }

    [Fact]
    public void Many_names_of_one_owner_do_not_crowd_out_the_others()
    {
        var registry = Create(ServerBounds.Default);
        registry.PutAll(Enumerable.Range(0, 3000).Select(i => Entries.Entry(1, $"{i}", 5)));
        registry.PutAll(Entries.Entry(2, "a", 5));
        registry.PutPart(3, 5);

        registry.FindPeers(5).Should().BeEquivalentTo([Entries.Whole(1), Entries.Whole(2), Entries.Part(3)]);
        registry.RemoveAll(1).Should().Be(3000);
        registry.FindPeers(5).Should().BeEquivalentTo([Entries.Whole(2), Entries.Part(3)]);
    }

    [Fact]
    public void Port_of_the_last_announcement_is_found_where_there_are_many_peers()
    {
        var registry = Filled(60, 60);
        registry.PutAll(Entries.Entry(1, "1", 5, port: 9002));
        registry.PutPart(61, 5, 9002);

        var found = registry.FindPeers(5, room: 200);

        found.Should().HaveCount(120).And.Contain([Entries.Whole(1, 9002), Entries.Part(61, 9002)]);
    }
}
