using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Cluster.Servers;
using P2PShare.Server.Registry.Pages;
using P2PShare.Server.Tests.Registry;

namespace P2PShare.Server.Tests.Cluster.Nodes;

public sealed class OwnPagesTests : IDisposable
{
    private readonly NodeHarness _node = new();

    public OwnPagesTests() => _node.Register(1);

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Changed_page_is_published_once_with_the_name_of_its_session()
    {
        _node.ConnectAndCatchUp();
        _node.Share(1, "a", "b");

        _node.PublishPages().Should().Equal(("0", false));

        using var page = new RegistryPage();
        PageMessage.TryRead(_node.Published[0].Payload, page, out var session).Should().BeTrue();
        (session.User.Text, page.Owner, page.Rows.Count).Should().Be(("ayse", 1, 2));
        _node.LoopBack();
        _node.PublishPages().Should().BeEmpty();
    }

    [Fact]
    public void Nothing_is_published_without_a_connection()
    {
        _node.Share(1, "a");
        _node.PublishPages().Should().BeEmpty();
        _node.ConnectAndCatchUp();
        _node.PublishPages().Should().Equal(("0", false));
    }

    [Fact]
    public void Page_that_changes_while_it_is_under_way_is_published_after_the_result()
    {
        _node.ConnectAndCatchUp();
        _node.Share(1, "a");
        _node.PublishPages().Should().HaveCount(1);
        _node.Share(1, "b");
        _node.PublishPages().Should().HaveCount(1, "one publication of a page is under way at a time");

        _node.LoopBack();

        _node.PublishPages().Should().Equal(("0", false));
    }

    [Fact]
    public void At_most_256_publications_are_under_way()
    {
        _node.ConnectAndCatchUp();
        _node.Share(1, [.. Enumerable.Range(0, 600).Select(number => $"n{number}")]);
        _node.PublishPages().Should().HaveCount(ClusterBounds.MaxPublications);
        _node.LoopBack();
        _node.PublishPages().Should().HaveCount(300 - ClusterBounds.MaxPublications);
    }

    [Fact]
    public void Page_that_becomes_empty_is_published_once_as_a_tombstone()
    {
        _node.ConnectAndCatchUp();
        _node.Share(1, "a");
        _node.PublishPages();
        _node.LoopBack();
        _node.Registry.Remove(1, Entries.Name("a"));
        _node.PublishPages().Should().Equal(("0", true));
        _node.LoopBack();

        _node.Registry.MarkChanged(0);

        _node.PublishPages().Should().BeEmpty("the stream has the tombstone");
    }

    [Fact]
    public void Page_that_was_never_published_needs_no_tombstone()
    {
        _node.ConnectAndCatchUp();
        _node.Share(1, "a");
        _node.Registry.Remove(1, Entries.Name("a"));
        _node.PublishPages().Should().BeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Failed_publication_is_repeated_after_a_pause(bool isTombstone)
    {
        _node.ConnectAndCatchUp();
        _node.Share(1, "a");
        _node.PublishPages();
        if (isTombstone)
        {
            _node.LoopBack();
            _node.Registry.Remove(1, Entries.Name("a"));
            _node.PublishPages();
        }

        _node.Node.Published(_node.TakePublished()[0].Number, succeeded: false, _node.Now);

        _node.PublishPages().Should().BeEmpty();
        _node.Advance(0.2);
        _node.PublishPages().Should().Equal(("0", isTombstone));
    }

    [Fact]
    public void Publication_whose_result_is_unknown_is_repeated_with_the_next_connection()
    {
        _node.ConnectAndCatchUp();
        _node.Share(1, "a");
        _node.PublishPages();
        var lost = _node.TakePublished()[0];
        _node.Node.Disconnected(_node.Now);

        _node.ConnectAndCatchUp();
        _node.Node.Published(lost.Number, succeeded: true, _node.Now);

        _node.PublishPages().Should().Equal(("0", false));
    }

    [Fact]
    public void Page_of_a_session_that_has_left_is_not_published_until_it_is_empty()
    {
        _node.ConnectAndCatchUp();
        var presence = _node.Register(2);
        _node.Share(2, "a", "b");
        _node.PublishPages().Should().HaveCount(1);
        _node.LoopBack();

        presence.Leave();
        _node.Registry.Remove(2, Entries.Name("a"));
        _node.PublishPages().Should().BeEmpty();
        _node.Registry.RemoveAll(2);
        _node.PublishPages().Should().Equal(("0", true));
    }

    [Fact]
    public void Session_that_registers_again_has_its_pages_published_with_the_new_name()
    {
        _node.ConnectAndCatchUp();
        var presence = _node.Register(2);
        _node.Share(2, "a");
        _node.PublishPages();
        _node.LoopBack();

        presence.Rename(Messages.Messages.User("can"));

        _node.PublishPages().Should().Equal(("0", false));
        using var page = new RegistryPage();
        PageMessage.TryRead(_node.Published[0].Payload, page, out var session).Should().BeTrue();
        session.User.Text.Should().Be("can");
    }

    [Fact]
    public void Own_pages_are_published_anew_after_the_stream_has_lost_its_memory()
    {
        PublishTwoPages();
        _node.Node.Disconnected(_node.Now);

        _node.ConnectAndCatchUp();

        _node.PublishPages().Should().BeEquivalentTo([("0", false), ("1", false)]);
    }

    [Fact]
    public void Own_pages_that_the_stream_has_are_not_published_anew()
    {
        var published = PublishTwoPages();
        _node.Node.Disconnected(_node.Now);

        _node.Node.Connected(_node.Now);
        published.ForEach(page => _node.Receive(_node.Node.Status.Id, page.Subject, page.Payload));
        _node.LoopBack();

        _node.PublishPages().Should().BeEmpty();
    }

    [Fact]
    public void Own_page_that_the_node_does_not_know_is_removed_from_the_stream()
    {
        _node.Node.Connected(_node.Now);
        _node.Receive(_node.Node.Status.Id, "2147483647", Messages.Messages.Page(50, 1, ["x"]));
        _node.LoopBack();

        _node.PublishPages().Should().Equal(("2147483647", true));

        PageMessage.TryReadHeader(_node.Published[0].Payload, out var header).Should().BeTrue();
        header.Version.Should().BeGreaterThan(50, "the others skip what is older than what they have");
        _node.Node.Published(_node.TakePublished()[0].Number, succeeded: false, _node.Now);
        _node.Advance(1);
        _node.PublishPages().Should().Equal(("2147483647", true));
    }

    [Fact]
    public void Older_copy_that_is_stored_after_a_newer_page_is_replaced()
    {
        _node.ConnectAndCatchUp();
        _node.Share(1, "a");
        _node.PublishPages();
        var older = _node.LoopBack()[0];
        _node.Share(1, "b");
        _node.PublishPages();
        _node.LoopBack();

        _node.Receive(_node.Node.Status.Id, "0", older.Payload);

        _node.PublishPages().Should().Equal(("0", false));
    }

    [Fact]
    public void Page_that_was_confirmed_and_is_not_received_before_the_next_lease_is_published_again()
    {
        _node.ConnectAndCatchUp();
        _node.Share(1, "a");
        _node.PublishPages();
        _node.Node.Published(_node.TakePublished()[0].Number, succeeded: true, _node.Now);

        _node.Advance(2);
        _node.Node.Tick(_node.Now);
        _node.LoopBack().Should().ContainSingle().Which.Subject.Should().Be("lease");

        _node.PublishPages().Should().Equal(("0", false));
    }

    private List<Publication> PublishTwoPages()
    {
        _node.ConnectAndCatchUp();
        _node.Share(1, "a", "b", "c");
        _node.PublishPages().Should().HaveCount(2);
        return _node.LoopBack();
    }
}
