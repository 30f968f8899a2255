using P2PShare.Server.Cluster.Messages;

namespace P2PShare.Server.Tests.Cluster.Nodes;

public sealed class OwnLeaseTests : IDisposable
{
    private readonly NodeHarness _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Lease_is_published_with_the_connection_and_every_two_seconds()
    {
        _node.Node.Connected(_node.Now);
        LeasesOf(_node.LoopBack()).Should().ContainSingle().Which.Should().Match<LeaseMessage>(lease =>
            lease.Epoch == 1 && lease.State == ServerState.Serving && lease.Address == "self.example:8080"
            && lease.Counts == new LeaseCounts(1, 2, 3));

        var leases = new List<LeaseMessage>();
        for (var step = 0; step < 80; step++)
        {
            _node.Advance(0.25);
            _node.Node.Tick(_node.Now);
            leases.AddRange(LeasesOf(_node.LoopBack()));
        }

        leases.Should().HaveCount(10);
        leases.Select(lease => lease.Version).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    [Fact]
    public void Only_the_lease_of_this_connection_ends_the_replay()
    {
        _node.Node.Connected(_node.Now);
        var first = _node.TakePublished()[0];
        _node.Node.Disconnected(_node.Now);
        _node.Node.Connected(_node.Now);

        _node.Receive(_node.Node.Status.Id, "lease", first.Payload);
        _node.Node.Status.IsCaughtUp.Should().BeFalse();
        _node.LoopBack();
        _node.Node.Status.IsCaughtUp.Should().BeTrue();
    }

    [Fact]
    public void Lag_is_how_long_the_last_lease_took()
    {
        _node.Node.Connected(_node.Now);
        _node.Advance(0.3);
        _node.LoopBack();
        _node.Node.Status.Lag.Should().Be(TimeSpan.FromSeconds(0.3));

        _node.Advance(2);
        _node.Node.Tick(_node.Now);
        LeasesOf(_node.TakePublished()).Should().ContainSingle().Which.LagMilliseconds.Should().Be(300);
    }

    [Fact]
    public void Server_that_was_away_for_longer_than_15_seconds_goes_on_as_another_one()
    {
        _node.Register(1);
        _node.ConnectAndCatchUp();
        _node.Share(1, "a");
        _node.PublishPages();
        _node.LoopBack();
        var old = _node.Node.Status.Id;
        _node.Node.Disconnected(_node.Now);
        _node.Advance(15.25);

        _node.Node.Connected(_node.Now);

        var id = _node.Node.Status.Id;
        id.Should().NotBe(old);
        _node.Published.Select(publication => publication.Server).Should().Equal($"{old}", $"{id}");
        LeasesOf(_node.Published).Select(lease => lease.State).Should().Equal(ServerState.Ended, ServerState.Serving);
        _node.Purged.Should().Equal((old, long.MaxValue));
        _node.LoopBack();
        _node.PublishPages().Should().Equal(("0", false));
        _node.Receive(old, "0", Messages.Messages.Page(99, 1, ["late"]));
        _node.Names().Should().Equal("a");
    }

    [Fact]
    public void Server_that_was_away_for_15_seconds_keeps_its_id()
    {
        _node.ConnectAndCatchUp();
        var id = _node.Node.Status.Id;
        _node.Node.Disconnected(_node.Now);
        _node.Advance(14.75);
        _node.ConnectAndCatchUp();
        _node.Node.Status.Id.Should().Be(id);
    }

    [Fact]
    public void Lease_that_is_confirmed_too_late_gives_the_server_a_new_id()
    {
        _node.ConnectAndCatchUp();
        var id = _node.Node.Status.Id;
        _node.Advance(2);
        _node.Node.Tick(_node.Now);
        var late = _node.TakePublished()[0];
        _node.Advance(13.5);

        _node.Node.Published(late.Number, succeeded: true, _node.Now);

        _node.Node.Tick(_node.Now);
        _node.Published.Should().Contain(publication => publication.Server != id.ToString());
    }

    [Fact]
    public void Process_that_stood_still_publishes_nothing_under_its_old_id_but_its_end()
    {
        _node.Register(1);
        _node.ConnectAndCatchUp();
        var old = _node.Node.Status.Id.ToString();
        _node.Share(1, "a");

        _node.Advance(60);
        _node.Node.Tick(_node.Now);

        var published = _node.Published.ToLookup(publication => publication.Server == old, publication => publication.Subject);
        published[true].Should().Equal("lease");
        published[false].Should().Equal("lease", "0");
    }

    [Fact]
    public void Server_that_leaves_says_so_and_publishes_nothing_afterwards()
    {
        _node.Register(1);
        _node.ConnectAndCatchUp();
        _node.Node.Leave(_node.Now);
        LeasesOf(_node.TakePublished()).Should().ContainSingle().Which.State.Should().Be(ServerState.Ended);
        _node.Purged.Should().Equal((_node.Node.Status.Id, long.MaxValue));

        _node.Share(1, "a");
        _node.Advance(5);
        _node.Node.Tick(_node.Now);
        _node.Node.Connected(_node.Now);
        _node.Node.Leave(_node.Now);

        _node.Published.Should().BeEmpty();
    }

    private static IEnumerable<LeaseMessage> LeasesOf(IEnumerable<Publication> published)
    {
        foreach (var publication in published.Where(publication => publication.Subject == "lease"))
        {
            LeaseMessage.TryRead(publication.Payload, out var lease).Should().BeTrue();
            yield return lease!;
        }
    }
}
