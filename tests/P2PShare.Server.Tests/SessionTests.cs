using P2PShare.Protocol;
using P2PShare.Server.Configuration;
using P2PShare.Server.Tests.Registry;
using P2PShare.Testing;

namespace P2PShare.Server.Tests;

public sealed class SessionTests
{
    private const string Token = "0f3c0f3c0f3c0f3c0f3c0f3c0f3c0f3c";

    // A whole conversation, and its replies.
    private static readonly string[] Commands =
    [
        "PROTO_VERSION 1.0", "ANNOUNCE a 1", "REGISTER yiğido", "ANNOUNCE yaz tatili ğ.txt 9001", "LIST_FILES", "REQUEST yok", "",
        $"SHARE_PART {HandledLines.Id} 8 9001", $"LOCATE_PEERS {HandledLines.Id}", $"WITHDRAW_PART {HandledLines.Id}",
        "WITHDRAW yaz tatili ğ.txt", "PING",
    ];

    private static readonly string[] Replies =
    [
        "VERSION_OK SWARM SEARCH PING RESUME PARTS WHOIS", "ANNOUNCE_FAIL register first", "REGISTER_OK", "ANNOUNCE_OK",
        "yaz tatili ğ.txt 127.0.0.1 9001", "LIST_END", "NOT_FOUND", "ERROR unknown command",
        "SHARE_PART_OK", "PART 127.0.0.1 9001", "LOCATE_PEERS_END", "WITHDRAW_PART_OK", "WITHDRAW_OK", "PONG",
    ];

    [Fact]
    public async Task A_connection_without_a_first_line_within_ten_seconds_is_closed_without_a_reply()
    {
        await using var session = new RunningSession();
        await session.Client.SendAsync("PROTO_VERS");
        await session.TimersAreSetAsync(1);

        session.Time.Advance(Limits.HandshakeTimeout - TimeSpan.FromTicks(1));
        session.HasEnded.Should().BeFalse();
        session.Time.Advance(TimeSpan.FromTicks(1));

        await session.EndAsync();
        (await session.Client.ReadAsync()).Should().BeNull();
    }

    [Fact]
    public async Task After_the_first_line_a_client_may_be_silent_without_a_time_limit()
    {
        await using var session = await RunningSession.GreetedAsync();

        session.Time.ArmedTimers.Should().Be(0);
        session.Time.Advance(TimeSpan.FromDays(365));

        (await session.Client.AskAsync("PING")).Should().Be("PONG");
    }

    [Fact]
    public async Task A_session_ends_when_a_line_that_has_begun_does_not_end_within_thirty_seconds()
    {
        await using var session = await RunningSession.GreetedAsync();
        await session.Client.SendAsync("PI");
        await session.TimersAreSetAsync(1);
        session.Time.Advance(TimeSpan.FromSeconds(29));
        (await session.Client.AskAsync("NG")).Should().Be("PONG");
        session.Time.ArmedTimers.Should().Be(0);

        await session.Client.SendAsync("PI");
        await session.TimersAreSetAsync(1);
        session.Time.Advance(ServerLimits.LineTime);

        await session.EndAsync();
    }

    [Fact]
    public async Task A_first_message_without_line_end_is_ended_by_200_ms_of_silence_and_then_each_receive_is_a_message()
    {
        await using var session = new RunningSession();
        await session.Client.SendAsync("PROTO_VERSION 1.0");
        await session.TimersAreSetAsync(2);
        session.Time.Advance(Limits.UnendedMessageSilence);
        (await session.Client.ReadAsync()).Should().Be(Replies[0]);

        (string, string)[] exchanges =
        [
            ("REGISTER yigido", "REGISTER_OK"), ("ANNOUNCE a 1", "ANNOUNCE_OK"), ("REQUEST a", "FOUND 127.0.0.1 1"),
        ];
        foreach (var (command, reply) in exchanges)
        {
            await session.Client.SendAsync(command);
            (await session.Client.ReadAsync()).Should().Be(reply);
        }
    }

    [Fact]
    public async Task A_conversation_split_at_any_byte_gets_the_same_replies()
    {
        var text = string.Join('\n', Commands) + "\n";
        var length = System.Text.Encoding.UTF8.GetByteCount(text);
        for (var cut = 1; cut < length; cut++)
        {
            var at = cut;
            (await ConverseAsync(text, near => new SlicedStream(near, [at]))).Should().Equal(Replies, "it was split at byte {0}", at);
        }
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task A_conversation_sent_a_byte_at_a_time_and_one_sent_at_once_get_the_same_replies(string lineEnd)
    {
        var text = string.Join(lineEnd, Commands) + lineEnd;

        (await ConverseAsync(text, near => near)).Should().Equal(Replies);
        (await ConverseAsync(text, near => new SlicedStream(near, 1))).Should().Equal(Replies);
        (await ConverseAsync(text, near => new SlicedStream(near, 2))).Should().Equal(Replies);
    }

    [Fact]
    public async Task A_line_without_end_at_the_end_of_the_stream_is_dropped_and_earlier_lines_are_answered()
    {
        await using var session = await RunningSession.GreetedAsync();
        await session.Client.SendAsync("PING\nANNOUNCE a 9001");
        session.CloseOutput();

        (await session.Client.ReadToEndAsync()).Should().Equal("PONG");
        session.Services.Registry.ReadAll().Should().BeEmpty();
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task The_longest_line_is_answered(string lineEnd)
    {
        await using var session = await RunningSession.GreetedAsync();

        await session.Client.SendAsync(new string('x', Limits.MaxLineBytes) + lineEnd + "PING\n");

        (await session.Client.ReadAsync()).Should().Be("ERROR unknown command");
        (await session.Client.ReadAsync()).Should().Be("PONG");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task A_line_beyond_the_bound_is_refused_and_the_connection_closed(string lineEnd)
    {
        await using var session = await RunningSession.GreetedAsync();

        await session.Client.SendAsync("PING\n" + new string('x', Limits.MaxLineBytes + 1) + lineEnd + "PING\n");
        session.CloseOutput();

        (await session.Client.ReadToEndAsync()).Should().Equal("PONG", "ERROR line too long");
        await session.EndAsync();
    }

    [Fact]
    public async Task A_first_line_beyond_the_bound_is_answered_with_an_error()
    {
        await using var session = new RunningSession();
        await session.Client.SendAsync(new string('x', Limits.MaxLineBytes + 1));
        session.CloseOutput();

        (await session.Client.ReadToEndAsync()).Should().Equal("ERROR line too long");
    }

    [Theory]
    [InlineData("leaves")]
    [InlineData("is cut off")]
    [InlineData("is stopped by the server")]
    public async Task The_files_of_a_session_are_withdrawn_however_it_ends(string how)
    {
        await using var session = await RunningSession.GreetedAsync();
        (await session.Client.AskAsync("ANNOUNCE a 1")).Should().Be("ANNOUNCE_OK");
        session.Services.Registry.PutAll(Entries.Entry(7, "of another"));

        if (how == "leaves")
            session.CloseOutput();
        else if (how == "is cut off")
            session.Reset();
        else
            session.Stop();

        await session.EndAsync();
        session.Services.Registry.ReadAll().Should().Equal(Entries.Entry(7, "of another"));
        session.Events.Lines[^1].Should().StartWith("yigido left (").And.EndWith("), files withdrawn: 1");
    }

    [Theory]
    [InlineData("leaves")]
    [InlineData("is cut off")]
    [InlineData("is stopped by the server")]
    [InlineData("resumes")]
    public async Task The_parts_of_a_session_end_with_it_and_those_of_others_do_not(string how)
    {
        await using var session = await RunningSession.GreetedAsync();
        await using var other = await RunningSession.GreetedAsync(session, 2, "ayse");
        (await session.Client.AskAsync($"RESUME {Token}")).Should().Be("RESUME_OK");
        (await session.Client.AskAsync($"SHARE_PART {HandledLines.Id} 8 1")).Should().Be("SHARE_PART_OK");
        (await other.Client.AskAsync($"SHARE_PART {HandledLines.Id} 8 2")).Should().Be("SHARE_PART_OK");

        if (how == "leaves")
            session.CloseOutput();
        else if (how == "is cut off")
            session.Reset();
        else if (how == "is stopped by the server")
            session.Stop();
        else
            (await other.Client.AskAsync($"RESUME {Token}")).Should().Be("RESUME_OK");

        if (how != "resumes")
            await session.EndAsync();
        (await other.Client.AskForListAsync($"LOCATE_PEERS {HandledLines.Id}", "LOCATE_PEERS_END"))
            .Should().Equal("PART 127.0.0.1 2", "LOCATE_PEERS_END");
        await session.EndAsync();
        session.Events.Lines[^1].Should().EndWith("), files withdrawn: 1");
    }

    [Fact]
    public async Task Resume_ends_the_older_session_of_the_client_before_it_is_answered()
    {
        await using var older = await RunningSession.GreetedAsync();
        (await older.Client.AskAsync($"RESUME {Token}")).Should().Be("RESUME_OK");
        (await older.Client.AskAsync("ANNOUNCE a 1")).Should().Be("ANNOUNCE_OK");
        await using var newer = await RunningSession.GreetedAsync(older, 2);

        (await newer.Client.AskAsync($"RESUME {Token}")).Should().Be("RESUME_OK");

        newer.Services.Registry.ReadAll().Should().BeEmpty();
        await older.EndAsync();
        older.Events.Lines[^1].Should().Be("yigido left (replaced by a newer session of its client), files withdrawn: 1");
        (await newer.Client.AskAsync($"RESUME {Token}")).Should().Be("RESUME_OK", "a session does not supersede itself");
        (await newer.Client.AskAsync("PING")).Should().Be("PONG");
    }

    [Fact]
    public async Task Lines_that_a_superseded_session_received_but_did_not_handle_are_not_executed()
    {
        await using var older = await RunningSession.GreetedAsync();
        (await older.Client.AskAsync($"RESUME {Token}")).Should().Be("RESUME_OK");
        var pings = ServerLimits.CommandBurst - 2;
        var sending = older.Client.SendAsync(string.Concat(Enumerable.Repeat("PING\n", pings)) + "ANNOUNCE late 1\n");
        for (var i = 0; i < pings - 1000; i++)
            (await older.Client.ReadAsync()).Should().Be("PONG");
        await sending;
        await older.TimersAreSetAsync(1);
        await using var newer = await RunningSession.GreetedAsync(older, 2);

        (await newer.Client.AskAsync($"RESUME {Token}")).Should().Be("RESUME_OK");
        newer.Time.Advance(TimeSpan.FromSeconds(1));

        await older.EndAsync();
        older.Events.Lines.Should().Equal(
            "connected", "registered as yigido", "yigido left (replaced by a newer session of its client), files withdrawn: 0");
    }

    private static async Task<List<string>> ConverseAsync(string text, Func<Stream, Stream> wrap)
    {
        await using var session = new RunningSession(wrap: wrap);
        await session.Client.SendAsync(text);
        session.CloseOutput();
        return await session.Client.ReadToEndAsync();
    }
}
