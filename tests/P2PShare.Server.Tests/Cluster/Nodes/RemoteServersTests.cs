using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Cluster.Servers;
using P2PShare.Server.Cluster.Status;
using P2PShare.Server.Tests.Registry;

namespace P2PShare.Server.Tests.Cluster.Nodes;

public sealed class RemoteServersTests : IDisposable
{
    private readonly NodeHarness _node = new(new ClusterBounds { MaxServers = 2, MaxPagesPerServer = 3 });

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Pages_of_others_are_applied_as_they_come_and_newer_ones_replace_them()
    {
        _node.Node.Connected(_node.Now);
        _node.ReceivePage(1, 0, 5, "a", "b");
        _node.Names().Should().Equal("a", "b");

        _node.ReceivePage(1, 0, 7, "c");
        _node.ReceivePage(1, 0, 6, "d");
        _node.ReceivePage(1, 0, 7, "e");

        _node.Names().Should().Equal("c");
        _node.ReceiveTombstone(1, 0, 8);
        _node.ReceivePage(1, 0, 7, "late");
        _node.Names().Should().BeEmpty();
    }

    [Fact]
    public void Skipped_page_is_not_decoded_beyond_its_header()
    {
        _node.Node.Connected(_node.Now);
        _node.ReceivePage(1, 0, 5, "a");
        var broken = Messages.Messages.Page(5, 100, ["a"])[..^1];

        _node.Receive(NodeHarness.Other(1), "0", broken);

        Dropped(DropReason.Refused).Should().Be(0);
    }

    [Fact]
    public void Refused_messages_are_counted_and_change_nothing()
    {
        _node.Node.Connected(_node.Now);
        _node.ReceivePage(1, 0, 5, "a");

        _node.Receive(NodeHarness.Other(1), "0", Messages.Messages.Page(6, 100, ["b"])[..^1]);
        _node.Receive(NodeHarness.Other(1), "1", []);
        _node.Receive(NodeHarness.Other(1), "lease", [2, .. Messages.Messages.Lease(9)[1..]]);
        _node.Receive(NodeHarness.Other(1), "other", Messages.Messages.Lease(9));

        _node.Names().Should().Equal("a");
        (Dropped(DropReason.Refused), Dropped(DropReason.UnknownSubject)).Should().Be((3, 1));
    }

    [Fact]
    public void Silent_server_becomes_doubtful_and_then_is_forgotten()
    {
        _node.ConnectAndCatchUp();
        _node.ReceiveLease(1, 1);
        _node.ReceivePage(1, 0, 2, "a");

        _node.Run(5);
        _node.Registry.Doubtful.Should().BeEmpty();
        _node.Run(0.25);
        _node.Registry.Doubtful.Should().Equal(1);
        _node.ReceiveLease(1, 3);
        _node.Run(0.25);
        _node.Registry.Doubtful.Should().BeEmpty("it was heard of");

        _node.Run(14.75);
        _node.Names().Should().Equal("a");
        _node.Run(0.25);
        _node.Names().Should().BeEmpty();
        _node.Registry.Doubtful.Should().BeEmpty("its number is not used again");
    }

    [Fact]
    public void All_others_are_forgotten_15_seconds_after_the_connection_is_lost()
    {
        _node.ConnectAndCatchUp();
        _node.ReceiveLease(1, 1);
        _node.ReceivePage(1, 0, 2, "a");
        _node.Node.Disconnected(_node.Now);

        _node.Advance(15);
        _node.Node.Tick(_node.Now);
        _node.Names().Should().Equal("a");
        _node.Advance(0.25);
        _node.Node.Tick(_node.Now);
        _node.Names().Should().BeEmpty();
    }

    [Fact]
    public void Server_without_a_lease_is_heard_of_by_its_newest_message()
    {
        _node.ConnectAndCatchUp();
        _node.ReceivePage(1, 0, 2, "a");
        _node.Run(10);
        _node.ReceivePage(1, 1, 3, "b");
        _node.Run(15);
        _node.Names().Should().Equal("a", "b");
        _node.Run(0.25);
        _node.Names().Should().BeEmpty();
    }

    [Fact]
    public void Old_pages_in_a_replay_do_not_make_their_server_seem_dead()
    {
        _node.Node.Connected(_node.Now);
        var hour = TimeSpan.FromHours(1).Ticks;
        _node.Receive(NodeHarness.Other(1), "0", Messages.Messages.Page(2, 100, ["a"]), _node.StoredNow - hour);
        _node.Receive(NodeHarness.Other(2), "0", Messages.Messages.Page(2, 200, ["b"]), _node.StoredNow - (hour / 2));
        _node.Node.Tick(_node.Now);
        _node.Names().Should().Equal("a", "b");

        _node.ReceiveLease(1, 9);
        _node.LoopBack();

        _node.Names().Should().Equal("a", "b");
        _node.Registry.Doubtful.Should().Equal([2], "the lease of the other one may come after the replay");
    }

    [Fact]
    public void Server_whose_lease_was_replaced_during_the_replay_keeps_its_pages_and_needs_no_other_replay()
    {
        _node.Node.Connected(_node.Now);
        _node.Receive(NodeHarness.Other(1), "0", Messages.Messages.Page(2, 100, ["a"]), _node.StoredNow - TimeSpan.FromHours(1).Ticks);
        _node.LoopBack();

        _node.Run(1.75);
        _node.ReceiveLease(1, 9);
        _node.Run(10);

        _node.Names().Should().Equal("a");
        _node.Replays.Should().Be(0);
        Dropped(DropReason.AwaitsReplay).Should().Be(0);
    }

    [Fact]
    public void Known_server_whose_lease_was_replaced_during_the_replay_after_a_long_loss_is_not_forgotten_at_its_end()
    {
        _node.ConnectAndCatchUp();
        _node.ReceiveLease(1, 1);
        _node.ReceivePage(1, 0, 2, "a");
        _node.Run(4);
        _node.Node.Disconnected(_node.Now);
        _node.Advance(10.5);
        _node.Node.Connected(_node.Now);
        _node.ReceivePage(1, 0, 2, "a");
        _node.Advance(1);

        _node.LoopBack();

        _node.Node.Status.IsCaughtUp.Should().BeTrue();
        _node.Names().Should().Equal("a");
    }

    [Fact]
    public void Server_of_which_a_replay_brings_pages_and_never_a_lease_comes_last_and_is_forgotten_2_seconds_after_the_replay()
    {
        _node.Node.Connected(_node.Now);
        _node.Receive(NodeHarness.Other(1), "0", Messages.Messages.Page(2, 100, ["a"]), _node.StoredNow - TimeSpan.FromHours(1).Ticks);
        _node.LoopBack();

        _node.Run(2);
        _node.Names().Should().Equal("a");
        _node.Registry.Doubtful.Should().ContainSingle();
        _node.Run(0.25);
        _node.Names().Should().BeEmpty();
    }

    [Fact]
    public void Server_that_ends_is_removed_at_once_and_what_comes_late_is_dropped()
    {
        _node.ConnectAndCatchUp();
        _node.ReceiveLease(1, 1);
        _node.ReceivePage(1, 0, 2, "a");

        _node.ReceiveLease(1, 3, ServerState.Ended);

        _node.Names().Should().BeEmpty();
        _node.ReceivePage(1, 1, 4, "late");
        _node.Names().Should().BeEmpty();
        Dropped(DropReason.Ended).Should().Be(1);
    }

    [Fact]
    public void Page_that_a_replay_does_not_bring_is_removed_a_moment_after_it()
    {
        _node.ConnectAndCatchUp();
        _node.ReceiveLease(1, 1);
        _node.ReceivePage(1, 0, 2, "a");
        _node.ReceivePage(1, 1, 3, "b");
        _node.Node.Disconnected(_node.Now);
        _node.Node.Connected(_node.Now);
        _node.ReceivePage(1, 1, 3, "b");
        _node.ReceiveLease(1, 4);
        _node.LoopBack();
        _node.Names().Should().Equal(["a", "b"], "a message that was replaced during the replay may still come");

        _node.Run(4);

        _node.Names().Should().Equal("b");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Server_that_a_replay_does_not_bring_is_removed_unless_the_stream_has_lost_its_memory(bool isIntact)
    {
        _node.ConnectAndCatchUp();
        _node.ReceiveLease(1, 1);
        _node.ReceivePage(1, 0, 2, "a");
        _node.ReceivePage(2, 0, 2, "b");
        var stored = _node.StoredNow;
        _node.Advance(1);
        _node.Node.Disconnected(_node.Now);
        _node.Node.Connected(_node.Now);
        if (isIntact)
            _node.Receive(NodeHarness.Other(2), "0", Messages.Messages.Page(2, 200, ["b"]), stored);
        _node.LoopBack();
        _node.Run(4);

        _node.Names().Should().Equal(isIntact ? ["b"] : ["a", "b"]);
    }

    [Fact]
    public void Forgotten_server_that_comes_back_is_replayed_and_gets_a_new_number()
    {
        _node.ConnectAndCatchUp();
        _node.ReceivePage(1, 0, 2, "a");
        _node.Run(16);
        _node.Names().Should().BeEmpty();

        _node.ReceiveLease(1, 3);
        _node.ReceivePage(1, 1, 4, "b");
        _node.Names().Should().BeEmpty("its older pages do not come again by themselves");
        _node.Run(1);
        _node.Replays.Should().Be(0, "it may say in a moment that it goes on under a new id");
        _node.Run(2);
        _node.Replays.Should().Be(1);
        _node.Node.Connected(_node.Now);
        _node.ReceivePage(1, 0, 2, "a");
        _node.ReceivePage(1, 1, 4, "b");
        _node.ReceiveLease(1, 5);
        _node.LoopBack();

        _node.Names().Should().Equal("a", "b");
        _node.Registry.RemotePages.Should().OnlyContain(page => page.Server == 2);

        var version = 6;
        _node.Run(40, () => _node.ReceiveLease(1, version++));
        _node.Purged.Should().BeEmpty("it lives");
    }

    [Fact]
    public void Forgotten_server_that_ends_in_the_next_moment_is_not_replayed()
    {
        _node.ConnectAndCatchUp();
        _node.ReceiveLease(1, 1);
        _node.Run(16);
        _node.ReceiveLease(1, 3);
        _node.ReceiveLease(1, 4, ServerState.Ended);
        _node.Run(5);
        _node.Replays.Should().Be(0);
    }

    [Fact]
    public void Servers_and_pages_beyond_the_bounds_are_dropped_and_counted()
    {
        _node.ConnectAndCatchUp();
        for (var page = 0; page < 4; page++)
            _node.ReceivePage(1, page, 2 + page, $"a{page}");
        _node.ReceivePage(2, 0, 1, "b");
        _node.ReceivePage(3, 0, 1, "c");

        _node.Names().Should().Equal("a0", "a1", "a2", "b");
        (Dropped(DropReason.TooManyPages), Dropped(DropReason.TooManyServers)).Should().Be((1, 1));
    }

    [Fact]
    public void Server_that_had_no_room_is_replayed_when_there_is_some()
    {
        _node.ConnectAndCatchUp();
        _node.ReceiveLease(1, 1);
        _node.ReceiveLease(2, 1);
        _node.ReceiveLease(3, 1);
        _node.Run(3);
        _node.Replays.Should().Be(0);
        _node.ReceiveLease(1, 2, ServerState.Ended);
        _node.Run(0.5);
        _node.Replays.Should().Be(1);
    }

    [Fact]
    public void Dead_server_is_purged_once_and_again_where_its_messages_come_again()
    {
        _node.ConnectAndCatchUp();
        _node.ReceiveLease(1, 1);
        var heard = _node.StoredNow;
        _node.Run(20);
        _node.Purged.Should().BeEmpty();
        _node.Run(4);
        _node.Purged.Should().Equal((NodeHarness.Other(1), heard));

        _node.Run(60);
        _node.Purged.Should().HaveCount(1);
        _node.Node.Connected(_node.Now);
        _node.Receive(NodeHarness.Other(1), "lease", Messages.Messages.Lease(1), heard);
        _node.LoopBack();
        _node.Run(10);
        _node.Purged.Should().HaveCount(2);
    }

    [Fact]
    public void Server_is_not_purged_while_delivery_lags()
    {
        _node.ConnectAndCatchUp();
        _node.ReceiveLease(1, 1);
        for (var second = 0; second < 40; second += 2)
        {
            _node.Node.Tick(_node.Now);
            var published = _node.TakePublished();
            _node.Advance(2);
            foreach (var lease in published)
            {
                _node.Node.Published(lease.Number, succeeded: true, _node.Now);
                _node.Receive(_node.Node.Status.Id, lease.Subject, lease.Payload);
            }
        }

        _node.Purged.Should().BeEmpty("the stream keeps only the newest lease, which may come later");
        _node.Run(10);
        _node.Purged.Should().HaveCount(1);
    }

    [Fact]
    public void Replay_that_stands_still_is_begun_again_and_others_are_forgotten()
    {
        _node.ConnectAndCatchUp();
        _node.ReceivePage(1, 0, 2, "a");
        _node.Node.Connected(_node.Now);
        _node.Advance(15.25);
        _node.Node.Tick(_node.Now);

        _node.Replays.Should().Be(1);
        _node.Names().Should().BeEmpty();
        _node.Node.Tick(_node.Now);
        _node.Replays.Should().Be(1);
    }

    [Fact]
    public void Sessions_of_others_are_in_the_directory_while_they_have_pages()
    {
        _node.ConnectAndCatchUp();
        _node.ReceivePage(1, 0, 2, "a");
        _node.ReceivePage(1, 1, 3, "b");
        UsersAt(100).Should().Equal("ayse");

        _node.ReceiveTombstone(1, 0, 4);
        UsersAt(100).Should().Equal("ayse");
        _node.ReceiveTombstone(1, 1, 5);
        UsersAt(100).Should().BeEmpty();

        _node.ReceivePage(1, 0, 6, "a");
        _node.ReceiveLease(1, 7, ServerState.Ended);
        UsersAt(100).Should().BeEmpty();
        _node.Directory.Count.Should().Be(0);
    }

    [Fact]
    public void Status_shows_what_is_known_of_another_server()
    {
        _node.ConnectAndCatchUp();
        _node.Receive(NodeHarness.Other(1), "lease", Messages.Messages.Lease(new LeaseMessage
        {
            Version = 3,
            Epoch = 1,
            Address = "b.example:1",
            Counts = new LeaseCounts(7, 8, 9),
            LagMilliseconds = 4,
        }));
        _node.ReceivePage(1, 0, 4, "a");
        _node.ReceiveTombstone(1, 1, 5);
        _node.Run(1);

        var server = _node.Node.Status.Servers.Should().ContainSingle().Subject;
        (server.Id, server.Number, server.Pages, server.IsDoubtful).Should().Be((NodeHarness.Other(1), 1, 1, false));
        (server.Lease!.Address, server.Lease.Counts.Files, server.Age).Should().Be(("b.example:1", 7, TimeSpan.FromSeconds(1)));
    }

    private long Dropped(DropReason reason)
    {
        _node.Run(0.5);
        return _node.Node.Status.Dropped[(int)reason];
    }

    private IEnumerable<string> UsersAt(long owner) => _node.Directory.Find(Entries.Address(owner)).Select(row => row.User.Text);
}
