using P2PShare.Server.Configuration;
using P2PShare.Server.Registry.Tables;

namespace P2PShare.Server.Tests;

/// <summary>The table of PROTOCOL.md, section 5.2, line by line.</summary>
public sealed class PartRequestHandlerTests
{
    private const string Id = HandledLines.Id;
    private const string EmptyId = HandledLines.EmptyId;
    private const string OtherId = "ff208334b2d386b0f38c8f3123c149ace9cba507cbe33a89dd28958efb98ee4f";

    [Fact]
    public void A_part_is_found_by_LOCATE_PEERS_and_by_no_other_command()
    {
        var lines = HandledLines.Greeted("yigido");

        lines.Ask($"SHARE_PART {Id.ToUpperInvariant()} 8 9001").Should().Equal("SHARE_PART_OK");

        lines.Ask($"LOCATE_PEERS {Id.ToUpperInvariant()}").Should().Equal("PART 127.0.0.1 9001", "LOCATE_PEERS_END");
        lines.Ask("LIST_FILES").Should().Equal("LIST_END");
        lines.Ask("LIST_SHARES").Should().Equal("LIST_SHARES_END");
        lines.Ask("SEARCH *").Should().Equal("SEARCH_END");
        lines.Ask($"LOCATE_ID {Id}").Should().Equal("LOCATE_END");
        lines.Ask($"LOCATE {Id}").Should().Equal("LOCATE_END");
        lines.Ask($"REQUEST {Id}").Should().Equal("NOT_FOUND");
        lines.Ask($"WITHDRAW {Id}").Should().Equal("NOT_FOUND");
    }

    [Fact]
    public void Other_commands_answer_as_without_the_part()
    {
        var part = HandledLines.Greeted("bir", 1, "10.0.0.1");
        part.Ask($"SHARE_PART {Id} 8 1");
        var whole = HandledLines.Greeted("iki", 2, "10.0.0.2", part.Registry);
        whole.Ask($"SHARE {Id} 8 2 a");

        part.Ask("LIST_FILES").Should().Equal("a 10.0.0.2 2", "LIST_END");
        part.Ask("LIST_SHARES").Should().Equal($"{Id} 8 10.0.0.2 2 a", "LIST_SHARES_END");
        part.Ask("SEARCH a").Should().Equal($"{Id} 8 1 a", "SEARCH_END");
        part.Ask("LOCATE a").Should().Equal($"{Id} 8 10.0.0.2 2 a", "LOCATE_END");
        part.Ask($"LOCATE_ID {Id}").Should().Equal($"{Id} 8 10.0.0.2 2 a", "LOCATE_END");
        part.Ask("REQUEST a").Should().Equal("FOUND 10.0.0.2 2");
        part.Ask("REQUEST a").Should().Equal("FOUND 10.0.0.2 2");
    }

    [Fact]
    public void SHARE_PART_before_REGISTER_is_refused_and_LOCATE_PEERS_is_not()
    {
        var lines = HandledLines.Greeted();

        lines.Ask($"SHARE_PART {Id} 8 9001").Should().Equal("SHARE_PART_FAIL register first");
        lines.Ask($"LOCATE_PEERS {Id}").Should().Equal("LOCATE_PEERS_END");
        lines.Ask($"WITHDRAW_PART {Id}").Should().Equal("NOT_FOUND");
    }

    [Theory]
    [InlineData("SHARE_PART", "file id, size or port missing")]
    [InlineData($"SHARE_PART {Id} 8", "file id, size or port missing")]
    [InlineData($"SHARE_PART {Id} 8 0", "port is not a number in 1..65535")]
    [InlineData($"SHARE_PART {Id} 8 9001 a", "port is not a number in 1..65535")]
    [InlineData($"SHARE_PART {Id} 0 9001", "file id and size do not name a content")]
    [InlineData($"SHARE_PART {EmptyId} 1 9001", "file id and size do not name a content")]
    [InlineData($"SHARE_PART {Id} 4398046511105 9001", "file id and size do not name a content")]
    [InlineData($"SHARE_PART {Id}0 8 9001", "file id and size do not name a content")]
    public void An_invalid_SHARE_PART_is_refused_with_its_reason(string line, string reason)
    {
        var lines = HandledLines.Greeted("yigido");

        lines.Ask(line).Should().Equal("SHARE_PART_FAIL " + reason);
        lines.Ask($"LOCATE_PEERS {Id}").Should().Equal("LOCATE_PEERS_END");
    }

    [Theory]
    [InlineData("WITHDRAW_PART")]
    [InlineData($"WITHDRAW_PART {Id} ")]
    [InlineData("LOCATE_PEERS")]
    [InlineData($"LOCATE_PEERS {Id}0")]
    public void An_invalid_id_is_answered_with_an_error(string line) =>
        HandledLines.Greeted("yigido").Ask(line).Should().Equal("ERROR file id is not 64 hexadecimal digits");

    [Fact]
    public void WITHDRAW_PART_removes_only_the_part_of_the_session_itself()
    {
        var one = HandledLines.Greeted("bir", 1, "10.0.0.1");
        var two = HandledLines.Greeted("iki", 2, "2001:db8::2", one.Registry);
        one.Ask($"SHARE_PART {Id} 8 1");
        two.Ask($"SHARE_PART {Id} 8 2");

        one.Ask($"LOCATE_PEERS {Id}").Should().HaveCount(3).And.Contain("PART 10.0.0.1 1").And.Contain("PART 2001:db8::2 2");
        one.Ask($"WITHDRAW_PART {OtherId}").Should().Equal("NOT_FOUND");
        one.Ask($"WITHDRAW_PART {Id}").Should().Equal("WITHDRAW_PART_OK");
        one.Ask($"WITHDRAW_PART {Id}").Should().Equal("NOT_FOUND");
        one.Ask($"LOCATE_PEERS {Id}").Should().Equal("PART 2001:db8::2 2", "LOCATE_PEERS_END");
    }

    [Fact]
    public void SHARE_replaces_the_part_and_SHARE_PART_does_not_replace_the_whole()
    {
        var lines = HandledLines.Greeted("yigido");
        lines.Ask($"SHARE_PART {Id} 8 9001").Should().Equal("SHARE_PART_OK");
        lines.Ask($"SHARE_PART {Id} 8 9002").Should().Equal("SHARE_PART_OK");
        lines.Ask($"LOCATE_PEERS {Id}").Should().Equal("PART 127.0.0.1 9002", "LOCATE_PEERS_END");

        lines.Ask($"SHARE {Id} 8 9001 a").Should().Equal("SHARE_OK");
        lines.Ask($"LOCATE_PEERS {Id}").Should().Equal("WHOLE 127.0.0.1 9001", "LOCATE_PEERS_END");
        lines.Ask($"SHARE_PART {Id} 8 9002").Should().Equal("SHARE_PART_OK");
        lines.Ask($"LOCATE_PEERS {Id}").Should().Equal("WHOLE 127.0.0.1 9001", "LOCATE_PEERS_END");
        lines.Ask($"WITHDRAW_PART {Id}").Should().Equal("NOT_FOUND");
    }

    [Fact]
    public void Parts_beyond_the_bounds_are_refused()
    {
        var registry = new InMemoryFileRegistry(TimeProvider.System, ServerBounds.Default with { MaxFiles = 3, MaxFilesPerClient = 2 });
        var (one, two) = (HandledLines.Greeted("bir", 1, registry: registry), HandledLines.Greeted("iki", 2, registry: registry));
        one.Ask("ANNOUNCE a 1");
        one.Ask($"SHARE_PART {Id} 8 1").Should().Equal("SHARE_PART_OK");

        one.Ask($"SHARE_PART {OtherId} 8 1").Should().Equal("SHARE_PART_FAIL too many files of one client");
        two.Ask($"SHARE_PART {Id} 8 1").Should().Equal("SHARE_PART_OK");
        two.Ask($"SHARE_PART {OtherId} 8 1").Should().Equal("SHARE_PART_FAIL the server is full");
        two.Ask("ANNOUNCE b 1").Should().Equal("ANNOUNCE_FAIL the server is full");
        one.Ask($"SHARE {Id} 8 1 b").Should().Equal("SHARE_OK");
    }

    [Fact]
    public void LOCATE_PEERS_returns_at_most_fifty_peers_and_another_selection_each_time()
    {
        var asker = HandledLines.Greeted();
        for (var owner = 2; owner <= 81; owner++)
        {
            var command = owner % 2 == 0 ? $"SHARE {Id} 8 1 a" : $"SHARE_PART {Id} 8 1";
            HandledLines.Greeted("ben", owner, $"10.0.0.{owner}", asker.Registry).Ask(command);
        }

        var seen = new HashSet<string>();
        for (var time = 0; time < 60; time++)
        {
            var rows = asker.Ask($"LOCATE_PEERS {Id}");
            rows.Should().HaveCount(51).And.OnlyHaveUniqueItems().And.EndWith("LOCATE_PEERS_END");
            seen.UnionWith(rows);
        }

        seen.Should().HaveCount(81);
        seen.Count(row => row.StartsWith("PART ", StringComparison.Ordinal)).Should().Be(40);
    }
}
