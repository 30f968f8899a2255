using P2PShare.Protocol;
using P2PShare.Testing;

namespace P2PShare.Server.Tests;

/// <summary>The table of PROTOCOL.md, section 4, line by line.</summary>
public sealed class RequestHandlerTests
{
    [Fact]
    public void The_handshake_reply_lists_the_features()
    {
        var lines = new HandledLines();

        lines.Ask("PROTO_VERSION 1.0").Should().Equal("VERSION_OK SWARM SEARCH PING RESUME PARTS WHOIS");
        lines.StaysOpen.Should().BeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("PROTO_VERSION")]
    [InlineData("PROTO_VERSION 1.1")]
    [InlineData("PROTO_VERSION 1.0 ")]
    [InlineData("PROTO_VERSION  1.0")]
    [InlineData("proto_version 1.0")]
    [InlineData("REGISTER yigido")]
    [InlineData("LIST_FILES")]
    [InlineData("GET / HTTP/1.1")]
    public void Any_other_first_line_is_answered_with_VERSION_FAIL_and_ends_the_connection(string first)
    {
        var lines = new HandledLines();

        lines.Ask(first).Should().Equal("VERSION_FAIL");
        lines.StaysOpen.Should().BeFalse();
    }

    [Fact]
    public void Register_is_answered_and_may_be_sent_again()
    {
        var lines = HandledLines.Greeted();

        lines.Ask("REGISTER yiğido şahin").Should().Equal("REGISTER_OK");
        lines.Handler.User!.Value.Text.Should().Be("yiğido şahin");
        lines.Ask("REGISTER ayse").Should().Equal("REGISTER_OK");
        lines.Handler.User!.Value.Text.Should().Be("ayse");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData("REQUEST a\nREQUEST b\nREQUEST")]
    [InlineData("REQUEST \nREQUEST \nREQUEST \n")]
    [InlineData("REQUEST a\r\nLIST_FILES\nREQUEST \0\u202e\nREQUEST a\nREQU")]
    public void Prefetching_lookups_changes_no_reply(string received)
    {
        var lines = HandledLines.Greeted("yigido");
        lines.Ask("ANNOUNCE a 9001").Should().Equal("ANNOUNCE_OK");

        lines.Handler.PrefetchLookups(System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(received, 100))));

        lines.Ask("REQUEST a").Should().Equal("FOUND 127.0.0.1 9001");
        lines.StaysOpen.Should().BeTrue();
    }

    [Theory]
    [InlineData("REGISTER", "REGISTER_FAIL empty user name")]
    [InlineData("REGISTER ", "REGISTER_FAIL empty user name")]
    [InlineData("REGISTER a\tb", "REGISTER_FAIL control character in user name")]
    [InlineData("REGISTER a\u001b[2Jb", "REGISTER_FAIL control character in user name")]
    [InlineData("REGISTER a\u2028b", "REGISTER_FAIL control character in user name")]
    [InlineData("REGISTER a\u202eb", "REGISTER_FAIL bidirectional override in user name")]
    [InlineData(
        "REGISTER 12345678901234567890123456789012345678901234567890123456789012345",
        "REGISTER_FAIL user name longer than 64 characters")]
    public void An_invalid_user_name_is_refused_with_its_reason(string line, string reply) =>
        HandledLines.Greeted().Ask(line).Should().Equal(reply);

    [Fact]
    public void A_user_name_that_is_not_valid_UTF_8_is_refused() =>
        HandledLines.Greeted().Ask([.. "REGISTER "u8, 0xC3]).Should().Equal("REGISTER_FAIL user name is not valid UTF-8");

    [Fact]
    public void A_user_name_of_sixty_four_characters_beyond_the_basic_plane_is_accepted() =>
        HandledLines.Greeted().Ask("REGISTER " + string.Concat(Enumerable.Repeat("😀", 64))).Should().Equal("REGISTER_OK");

    [Fact]
    public void Announce_stores_the_file_with_the_address_of_the_connection()
    {
        var lines = HandledLines.Greeted("yigido", ip: "::ffff:10.1.2.3");

        lines.Ask("ANNOUNCE yaz tatili 9.txt 9001").Should().Equal("ANNOUNCE_OK");
        lines.Ask("LIST_FILES").Should().Equal("yaz tatili 9.txt 10.1.2.3 9001", "LIST_END");
        lines.Ask("REQUEST yaz tatili 9.txt").Should().Equal("FOUND 10.1.2.3 9001");
    }

    [Fact]
    public void Announce_before_register_is_refused_even_where_it_is_malformed()
    {
        var lines = HandledLines.Greeted();

        lines.Ask("ANNOUNCE rapor.pdf 9001").Should().Equal("ANNOUNCE_FAIL register first");
        lines.Ask("ANNOUNCE").Should().Equal("ANNOUNCE_FAIL register first");
        lines.Ask("LIST_FILES").Should().Equal("LIST_END");
    }

    [Theory]
    [InlineData("ANNOUNCE", "file name and port missing")]
    [InlineData("ANNOUNCE rapor.pdf", "port missing")]
    [InlineData("ANNOUNCE rapor.pdf ", "port is not a number in 1..65535")]
    [InlineData("ANNOUNCE rapor.pdf 0", "port is not a number in 1..65535")]
    [InlineData("ANNOUNCE rapor.pdf 65536", "port is not a number in 1..65535")]
    [InlineData("ANNOUNCE rapor.pdf -1", "port is not a number in 1..65535")]
    [InlineData("ANNOUNCE rapor.pdf +1", "port is not a number in 1..65535")]
    [InlineData("ANNOUNCE rapor.pdf 9001x", "port is not a number in 1..65535")]
    [InlineData("ANNOUNCE rapor.pdf 99999999999999999999", "port is not a number in 1..65535")]
    [InlineData("ANNOUNCE  9001", "empty file name")]
    [InlineData("ANNOUNCE ../a 9001", "file name has a part that is . or ..")]
    [InlineData("ANNOUNCE /etc/passwd 9001", "empty part in file name")]
    [InlineData("ANNOUNCE a\\b 9001", "backslash in file name")]
    [InlineData("ANNOUNCE C:a 9001", "file name begins with a drive")]
    [InlineData("ANNOUNCE a\u0007b 9001", "control character in file name")]
    [InlineData("ANNOUNCE a\u202eb 9001", "bidirectional override in file name")]
    [InlineData("ANNOUNCE PROTO_VERSION 1.0 9001", "file name begins with PROTO_VERSION")]
    public void An_invalid_name_or_port_in_announce_is_refused_with_its_reason(string line, string reason)
    {
        var lines = HandledLines.Greeted("yigido");

        lines.Ask(line).Should().Equal("ANNOUNCE_FAIL " + reason);
        lines.Ask("LIST_FILES").Should().Equal("LIST_END");
    }

    [Fact]
    public void Announcing_a_name_again_replaces_the_sessions_entry()
    {
        var lines = HandledLines.Greeted("yigido");
        lines.Ask("ANNOUNCE a 9001");

        lines.Ask("ANNOUNCE a 9002").Should().Equal("ANNOUNCE_OK");
        lines.Ask("LIST_FILES").Should().Equal("a 127.0.0.1 9002", "LIST_END");
    }

    [Fact]
    public void List_files_returns_every_entry_in_order_and_then_its_end()
    {
        var lines = HandledLines.Greeted("yigido");
        lines.Ask("ANNOUNCE b 9001");
        lines.Ask("ANNOUNCE ERROR x 9001");
        lines.Ask($"SHARE {HandledLines.Id} 8 9001 a");

        lines.Ask("LIST_FILES").Should().Equal("ERROR x 127.0.0.1 9001", "a 127.0.0.1 9001", "b 127.0.0.1 9001", "LIST_END");
        HandledLines.Greeted(owner: 2, registry: lines.Registry).Ask("LIST_FILES").Should().HaveCount(4, "LIST_FILES needs no REGISTER");
    }

    [Fact]
    public void List_files_takes_no_arguments() =>
        HandledLines.Greeted().Ask("LIST_FILES x").Should().Equal("ERROR unexpected words after the command");

    [Fact]
    public void Request_is_answered_with_an_owner_or_not_found()
    {
        var lines = HandledLines.Greeted("yigido");
        lines.Ask("ANNOUNCE rapor.pdf 9001");

        lines.Ask("REQUEST rapor.pdf").Should().Equal("FOUND 127.0.0.1 9001");
        lines.Ask("REQUEST Rapor.pdf").Should().Equal("NOT_FOUND");
        HandledLines.Greeted(owner: 2, registry: lines.Registry).Ask("REQUEST rapor.pdf").Should().Equal("FOUND 127.0.0.1 9001");
    }

    [Fact]
    public void A_name_is_found_in_any_Unicode_normal_form()
    {
        var lines = HandledLines.Greeted("yigido");
        lines.Ask("ANNOUNCE s\u0327.txt 9001").Should().Equal("ANNOUNCE_OK");

        lines.Ask("REQUEST \u015f.txt").Should().Equal("FOUND 127.0.0.1 9001");
        lines.Ask("LIST_FILES").Should().Equal("\u015f.txt 127.0.0.1 9001", "LIST_END");
    }

    [Theory]
    [InlineData("REQUEST", "ERROR empty file name")]
    [InlineData("REQUEST ", "ERROR empty file name")]
    [InlineData("REQUEST ../rapor.pdf", "ERROR file name has a part that is . or ..")]
    [InlineData("REQUEST a\u0000b", "ERROR control character in file name")]
    public void An_invalid_name_in_request_is_answered_with_an_error(string line, string reply) =>
        HandledLines.Greeted().Ask(line).Should().Equal(reply);

    [Theory]
    [InlineData("", "ERROR unknown command")]
    [InlineData(" ", "ERROR unknown command")]
    [InlineData("MERHABA", "ERROR unknown command")]
    [InlineData("request a", "ERROR unknown command")]
    [InlineData(" REQUEST a", "ERROR unknown command")]
    [InlineData("REQUEST\ta", "ERROR unknown command")]
    [InlineData("GET 00 0 1", "ERROR unknown command")]
    [InlineData("HASHES 00 0 1", "ERROR unknown command")]
    [InlineData("EXIT", "ERROR unknown command")]
    [InlineData("PROTO_VERSION 1.0", "ERROR version agreed already")]
    [InlineData("PROTO_VERSION 2.0", "ERROR version agreed already")]
    public void An_unknown_command_is_answered_with_an_error_and_the_connection_stays_open(string line, string reply)
    {
        var lines = HandledLines.Greeted();

        lines.Ask(line).Should().Equal(reply);
        lines.StaysOpen.Should().BeTrue();
        lines.Ask("LIST_FILES").Should().Equal("LIST_END");
    }

    [Fact]
    public void The_sixteenth_error_in_a_row_ends_the_connection()
    {
        var lines = HandledLines.Greeted();
        for (var error = 1; error < Limits.MaxConsecutiveErrors; error++)
        {
            lines.Ask("MERHABA").Should().Equal("ERROR unknown command");
            lines.StaysOpen.Should().BeTrue();
        }

        lines.Ask("MERHABA").Should().Equal("ERROR unknown command");
        lines.StaysOpen.Should().BeFalse();
    }

    [Theory]
    [InlineData("REQUEST yok", "NOT_FOUND")]
    [InlineData("REGISTER ", "REGISTER_FAIL empty user name")]
    [InlineData("ANNOUNCE x", "ANNOUNCE_FAIL register first")]
    [InlineData("LIST_FILES", "LIST_END")]
    [InlineData("PING", "PONG")]
    public void Any_reply_but_ERROR_resets_the_count_of_errors(string line, string reply)
    {
        var lines = HandledLines.Greeted();
        for (var time = 0; time < 3; time++)
        {
            for (var error = 1; error < Limits.MaxConsecutiveErrors; error++)
                lines.Ask("MERHABA");
            lines.Ask(line).Should().Equal(reply);
            lines.StaysOpen.Should().BeTrue();
        }
    }

    [Fact]
    public void A_request_allocates_nothing_whether_the_file_is_found_or_not()
    {
        var lines = HandledLines.Greeted("yigido");
        lines.Ask("ANNOUNCE yaz tatili ğüşıöç.txt 9001");
        var output = new System.Buffers.ArrayBufferWriter<byte>(64 * 1024);
        byte[][] requests = [.. new[] { "REQUEST yaz tatili ğüşıöç.txt", "REQUEST yok.txt" }.Select(System.Text.Encoding.UTF8.GetBytes)];
        void AskAll()
        {
            foreach (var request in requests)
            {
                output.ResetWrittenCount();
                lines.Handler.Handle(request, output);
            }
        }

        Allocations.Of(AskAll).Should().Be(0);
        output.WrittenSpan.SequenceEqual("NOT_FOUND\n"u8).Should().BeTrue();
    }
}
