using P2PShare.Protocol;
using P2PShare.Server.Configuration;
using P2PShare.Server.Registry.Tables;

namespace P2PShare.Server.Tests;

/// <summary>The tables of PROTOCOL.md, sections 5 and 5.1, line by line.</summary>
public sealed class RequestHandlerSwarmTests
{
    private const string Id = HandledLines.Id;
    private const string EmptyId = HandledLines.EmptyId;
    private const string OtherId = "ff208334b2d386b0f38c8f3123c149ace9cba507cbe33a89dd28958efb98ee4f";

    [Fact]
    public void A_file_announced_by_share_is_found_by_list_files_and_request()
    {
        var lines = HandledLines.Greeted("yigido");

        lines.Ask($"SHARE {Id.ToUpperInvariant()} 8 9001 yaz tatili.txt").Should().Equal("SHARE_OK");
        lines.Ask("LIST_FILES").Should().Equal("yaz tatili.txt 127.0.0.1 9001", "LIST_END");
        lines.Ask("REQUEST yaz tatili.txt").Should().Equal("FOUND 127.0.0.1 9001");
    }

    [Fact]
    public void Share_before_register_is_refused() =>
        HandledLines.Greeted().Ask($"SHARE {Id} 8 9001 a").Should().Equal("SHARE_FAIL register first");

    [Theory]
    [InlineData("SHARE", "file id, size, port or file name missing")]
    [InlineData($"SHARE {Id} 8 9001", "file id, size, port or file name missing")]
    [InlineData($"SHARE {Id} 8 9001 ", "empty file name")]
    [InlineData($"SHARE {Id} 8 9001 ../a", "file name has a part that is . or ..")]
    [InlineData($"SHARE {Id} 8 0 a", "port is not a number in 1..65535")]
    [InlineData($"SHARE {Id} 0 9001 a", "file id and size do not name a content")]
    [InlineData($"SHARE {EmptyId} 1 9001 a", "file id and size do not name a content")]
    [InlineData($"SHARE {Id} 4398046511105 9001 a", "file id and size do not name a content")]
    [InlineData($"SHARE {Id} -1 9001 a", "file id and size do not name a content")]
    [InlineData($"SHARE {Id}0 8 9001 a", "file id and size do not name a content")]
    [InlineData("SHARE - - 9001 a", "file id and size do not name a content")]
    public void An_invalid_share_is_refused_with_its_reason(string line, string reason) =>
        HandledLines.Greeted("yigido").Ask(line).Should().Equal("SHARE_FAIL " + reason);

    [Fact]
    public void A_file_of_four_tebibytes_is_accepted() =>
        HandledLines.Greeted("yigido").Ask($"SHARE {Id} 4398046511104 9001 a").Should().Equal("SHARE_OK");

    [Fact]
    public void Files_beyond_the_bounds_are_refused_and_replacements_are_not()
    {
        var registry = new InMemoryFileRegistry(TimeProvider.System, ServerBounds.Default with { MaxFiles = 3, MaxFilesPerClient = 2 });
        var (one, two) = (HandledLines.Greeted("bir", 1, registry: registry), HandledLines.Greeted("iki", 2, registry: registry));
        one.Ask("ANNOUNCE a 1");
        one.Ask("ANNOUNCE b 1");
        two.Ask("ANNOUNCE a 1");

        one.Ask("ANNOUNCE c 1").Should().Equal("ANNOUNCE_FAIL the server is full");
        two.Ask($"SHARE {Id} 8 1 b").Should().Equal("SHARE_FAIL the server is full");
        two.Ask($"SHARE {Id} 8 1 a").Should().Equal("SHARE_OK");
        two.Ask("WITHDRAW a").Should().Equal("WITHDRAW_OK");
        one.Ask($"SHARE {Id} 8 1 c").Should().Equal("SHARE_FAIL too many files of one client");
    }

    [Fact]
    public void Withdraw_removes_only_an_entry_of_the_session_itself()
    {
        var one = HandledLines.Greeted("bir", 1);
        var two = HandledLines.Greeted("iki", 2, registry: one.Registry);
        one.Ask("ANNOUNCE a 1");

        two.Ask("WITHDRAW a").Should().Equal("NOT_FOUND");
        one.Ask("WITHDRAW a").Should().Equal("WITHDRAW_OK");
        one.Ask("WITHDRAW a").Should().Equal("NOT_FOUND");
        one.Ask("LIST_FILES").Should().Equal("LIST_END");
    }

    [Fact]
    public void Locate_has_a_row_for_each_owner_of_the_name_whatever_the_content()
    {
        var one = HandledLines.Greeted("bir", 1, "10.0.0.1");
        one.Ask($"SHARE {Id} 8 1 a");
        one.Ask($"SHARE {Id} 8 1 b");
        var two = HandledLines.Greeted("iki", 2, "2001:db8::2", one.Registry);
        two.Ask($"SHARE {Id} 8 2 a");
        HandledLines.Greeted("üç", 3, "10.0.0.3", one.Registry).Ask($"SHARE {OtherId} 9 3 a");
        HandledLines.Greeted("dört", 4, "10.0.0.4", one.Registry).Ask("ANNOUNCE a 4");

        var rows = two.Ask("LOCATE a");

        rows.Take(2).Should().BeEquivalentTo($"{Id} 8 10.0.0.1 1 a", $"{Id} 8 2001:db8::2 2 a");
        rows.Skip(2).Should().BeEquivalentTo($"{OtherId} 9 10.0.0.3 3 a", "- - 10.0.0.4 4 a", "LOCATE_END");
        rows[^1].Should().Be("LOCATE_END");
        two.Ask("LOCATE yok").Should().Equal("LOCATE_END");
    }

    [Fact]
    public void Locate_id_has_a_row_for_each_owner_of_the_content_whatever_the_name()
    {
        var one = HandledLines.Greeted("bir", 1, "10.0.0.1");
        one.Ask($"SHARE {Id} 8 1 a");
        var two = HandledLines.Greeted("iki", 2, "10.0.0.2", one.Registry);
        two.Ask($"SHARE {Id} 8 2 b");
        two.Ask($"SHARE {OtherId} 8 2 a");

        two.Ask($"LOCATE_ID {Id.ToUpperInvariant()}").Should().HaveCount(3).And.EndWith("LOCATE_END")
            .And.Contain([$"{Id} 8 10.0.0.1 1 a", $"{Id} 8 10.0.0.2 2 b"]);
        two.Ask($"LOCATE_ID {EmptyId}").Should().Equal("LOCATE_END");
    }

    [Fact]
    public void Locate_returns_at_most_fifty_owners_and_the_next_locate_returns_others()
    {
        var asker = HandledLines.Greeted();
        for (var owner = 2; owner <= 81; owner++)
            HandledLines.Greeted("ben", owner, $"10.0.0.{owner}", asker.Registry).Ask($"SHARE {Id} 8 1 a");

        foreach (var command in new[] { "LOCATE a", $"LOCATE_ID {Id}" })
        {
            var (first, second) = (asker.Ask(command), asker.Ask(command));
            first.Should().HaveCount(51);
            second.Should().HaveCount(51);
            first.Union(second).Should().HaveCount(81);
        }
    }

    [Fact]
    public void List_shares_has_a_row_for_each_entry_that_begins_with_the_prefix()
    {
        var lines = HandledLines.Greeted("yigido");
        lines.Ask($"SHARE {Id} 8 9001 notlar/selam.txt");
        lines.Ask("ANNOUNCE eski.txt 9001");

        lines.Ask("LIST_SHARES").Should().Equal(
            "- - 127.0.0.1 9001 eski.txt", $"{Id} 8 127.0.0.1 9001 notlar/selam.txt", "LIST_SHARES_END");
        lines.Ask("LIST_SHARES ").Should().HaveCount(3, "every name begins with the empty prefix");
        lines.Ask("LIST_SHARES notlar/").Should().Equal($"{Id} 8 127.0.0.1 9001 notlar/selam.txt", "LIST_SHARES_END");
        lines.Ask("LIST_SHARES Notlar/").Should().Equal("LIST_SHARES_END");
    }

    [Fact]
    public void Search_has_a_row_for_each_content_of_each_name_that_matches()
    {
        var lines = HandledLines.Greeted("yigido");
        lines.Ask($"SHARE {Id} 8 9001 notlar/selam.txt");
        lines.Ask("ANNOUNCE eski.txt 9001");

        lines.Ask("SEARCH *SELAM*").Should().Equal($"{Id} 8 1 notlar/selam.txt", "SEARCH_END");
        lines.Ask("SEARCH TXT").Should().Equal("- - 1 eski.txt", $"{Id} 8 1 notlar/selam.txt", "SEARCH_END");
        lines.Ask("SEARCH ?ski.txt").Should().Equal("- - 1 eski.txt", "SEARCH_END");
    }

    [Fact]
    public void Search_ends_with_MORE_where_more_matched_than_are_shown()
    {
        var lines = HandledLines.Greeted("yigido");
        for (var i = 0; i <= Limits.MaxSearchHits; i++)
            lines.Ask($"ANNOUNCE f{i} 9001");

        lines.Ask("SEARCH f").Should().HaveCount(201).And.EndWith("SEARCH_END MORE");
        lines.Ask("WITHDRAW f0");
        lines.Ask("SEARCH f").Should().HaveCount(201).And.EndWith("SEARCH_END");
    }

    [Fact]
    public void Invalid_names_ids_prefixes_and_texts_are_answered_with_an_error_and_its_reason()
    {
        var lines = HandledLines.Greeted("yigido");
        void Check(string line, string reply)
        {
            lines.Ask(line).Should().Equal(reply);
            lines.Ask("PING").Should().Equal("PONG");
        }

        Check("WITHDRAW ../a", "ERROR file name has a part that is . or ..");
        Check("LOCATE", "ERROR empty file name");
        Check("LOCATE_ID", "ERROR file id is not 64 hexadecimal digits");
        Check($"LOCATE_ID {Id[1..]}", "ERROR file id is not 64 hexadecimal digits");
        Check($"LOCATE_ID {Id} ", "ERROR file id is not 64 hexadecimal digits");
        Check("LIST_SHARES " + new string('a', 1025), "ERROR prefix longer than a file name");
        Check("LIST_SHARES " + new string('a', 1024), "LIST_SHARES_END");
        Check("SEARCH", "ERROR search text missing");
        Check("SEARCH ", "ERROR search text missing");
        Check("SEARCH " + new string('a', 257), "ERROR search text longer than 256 bytes");
        Check("SEARCH " + new string('*', 256), "SEARCH_END");
        lines.Ask([.. "SEARCH "u8, 0xFF]).Should().Equal("ERROR search text is not valid UTF-8");
    }

    [Fact]
    public void Ping_is_answered_with_pong_and_takes_no_arguments()
    {
        HandledLines.Greeted().Ask("PING").Should().Equal("PONG");
        HandledLines.Greeted().Ask("PING x").Should().Equal("ERROR unexpected words after the command");
    }

    [Theory]
    [InlineData("RESUME 0f3c0f3c0f3c0f3c0f3c0f3c0f3c0f3c", "RESUME_OK")]
    [InlineData("RESUME 0F3C0f3c0f3c0f3c0f3c0f3c0f3c0f3c", "RESUME_OK")]
    [InlineData("RESUME", "RESUME_FAIL token is not 32 hexadecimal digits")]
    [InlineData("RESUME 0f3c0f3c0f3c0f3c0f3c0f3c0f3c0f3", "RESUME_FAIL token is not 32 hexadecimal digits")]
    [InlineData("RESUME 0f3c0f3c0f3c0f3c0f3c0f3c0f3c0f3c0", "RESUME_FAIL token is not 32 hexadecimal digits")]
    [InlineData("RESUME 0f3c0f3c0f3c0f3c0f3c0f3c0f3c0f3g", "RESUME_FAIL token is not 32 hexadecimal digits")]
    [InlineData("RESUME  f3c0f3c0f3c0f3c0f3c0f3c0f3c0f3c", "RESUME_FAIL token is not 32 hexadecimal digits")]
    public void Resume_is_answered_and_its_token_left_for_the_session(string line, string reply)
    {
        var lines = HandledLines.Greeted();

        lines.Ask(line).Should().Equal(reply);
        lines.Handler.ResumeToken.HasValue.Should().Be(reply == "RESUME_OK");
    }
}
