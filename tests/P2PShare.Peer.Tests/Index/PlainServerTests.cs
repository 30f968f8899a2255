using P2PShare.Peer.Index;
using P2PShare.Protocol.Grammar;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Index;

/// <summary>Servers that named no features and word things their own way (PROTOCOL.md, section 4, "Plain servers").</summary>
public sealed class PlainServerTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task No_second_command_is_sent_before_the_first_was_answered()
    {
        using var server = new PlayedServer();
        await using var index = await server.AcceptAsync("VERSION_OK", _time);

        var first = index.CommandAsync(new Announce(PlayedServer.File("a"), 9001), default);
        var second = index.RequestAsync(PlayedServer.File("b"), default);
        var third = index.ListFilesAsync(_ => { }, default);

        await server.ExpectAsync("ANNOUNCE a 9001");
        (await server.OverhearAsync()).Should().BeNull();
        await server.SayAsync("ANNOUNCE_OK\n");
        await server.ExpectAsync("REQUEST b");
        (await server.OverhearAsync()).Should().BeNull();
        await server.SayAsync("NOT_FOUND\n");
        await server.ExpectAsync("LIST_FILES");
        await server.SayAsync("LIST_END\n");
        (await first).Should().BeNull();
        (await second).Should().BeNull();
        await third;
    }

    [Fact]
    public async Task A_command_that_is_given_up_before_its_turn_is_never_sent_and_one_that_was_sent_is_read_to_its_end()
    {
        using var server = new PlayedServer();
        await using var index = await server.AcceptAsync("VERSION_OK", _time);
        using var impatience = new CancellationTokenSource();
        var first = index.RequestAsync(PlayedServer.File("a"), impatience.Token);
        var second = index.CommandAsync(new Announce(PlayedServer.File("b"), 9001), impatience.Token);
        await server.ExpectAsync("REQUEST a");

        await impatience.CancelAsync();
        await first.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        await second.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        var third = index.RequestAsync(PlayedServer.File("c"), default);
        (await server.OverhearAsync()).Should().BeNull("the first is not answered yet");
        await server.SayAsync("FOUND 10.0.0.1 1\n");

        await server.ExpectAsync("REQUEST c");
        await server.SayAsync("FOUND 10.0.0.3 3\n");
        (await third)!.Value.ToString().Should().Be("10.0.0.3:3");
    }

    [Fact]
    public async Task Silence_to_ANNOUNCE_is_a_yes_after_1_s()
    {
        using var server = new PlayedServer();
        await using var index = await server.AcceptAsync("VERSION_OK", _time);
        var announcing = index.CommandAsync(new Announce(PlayedServer.File("yaz tatili.txt"), 9001), default);
        await server.ExpectAsync("ANNOUNCE yaz tatili.txt 9001");
        await TimersAsync(1);

        _time.Advance(IndexLimits.PlainReplyTimeout - TimeSpan.FromTicks(1));
        announcing.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromTicks(1));

        (await announcing).Should().BeNull();
    }

    [Theory]
    [InlineData("ANNOUNCE_FAIL bad port\n", "bad port")]
    [InlineData("ANNOUNCE_FAIL\n", "no reason given")]
    [InlineData("ERROR what?\n", "what?")]
    [InlineData("REGISTER_OK\nANNOUNCE_OK\n", null)]
    [InlineData("ANNOUNCED\nANNOUNCE_OK\r\n", null)]
    public async Task An_answer_to_ANNOUNCE_is_found_among_other_lines(string answer, string? refusal)
    {
        using var server = new PlayedServer(bytesPerRead: 1);
        await using var index = await server.AcceptAsync("VERSION_OK", _time);
        var announcing = index.CommandAsync(new Announce(PlayedServer.File("a"), 9001), default);
        await server.ExpectAsync("ANNOUNCE a 9001");

        await server.SayAsync(answer);

        (await announcing).Should().Be(refusal);
    }

    [Fact]
    public async Task Lines_that_nobody_asked_for_are_passed_over_until_FOUND()
    {
        using var server = new PlayedServer(bytesPerRead: 1);
        await using var index = await server.AcceptAsync("MERHABA", _time);
        var request = index.RequestAsync(PlayedServer.File("a"), default);
        await server.ExpectAsync("REQUEST a");

        await server.SayAsync("ANNOUNCE_OK\nuser ali joined\nERROR of somebody else\nFOUND here\nFOUND 0.0.0.0 1\nFOUND 10.0.0.1 0\n\nFOUND 10.0.0.7 9001\r\n");

        (await request)!.Value.ToString().Should().Be("10.0.0.7:9001");
    }

    [Fact]
    public async Task Stray_lines_do_not_keep_a_REQUEST_waiting_for_ever()
    {
        using var server = new PlayedServer();
        await using var index = await server.AcceptAsync("VERSION_OK", _time);
        var request = index.RequestAsync(PlayedServer.File("a"), default);
        await server.ExpectAsync("REQUEST a");

        for (var step = 0; step < 10; step++)
        {
            await TimersAsync(1);
            _time.Advance(IndexLimits.ServerSilence / 10);
            await server.SayAsync("still looking\n");
        }

        await request.Invoking(task => task).Should().ThrowAsync<ServerSilentException>();
        await index.Ended;
    }

    [Fact]
    public async Task A_list_that_falls_silent_for_500_ms_is_complete()
    {
        using var server = new PlayedServer();
        await using var index = await server.AcceptAsync("VERSION_OK", _time);
        var rows = new List<string>();
        var listing = index.ListFilesAsync(row => rows.Add($"{row.Name} {row.Owner}"), default);
        await server.ExpectAsync("LIST_FILES");
        foreach (var name in new[] { "a", "b c" })
        {
            await server.SayAsync($"{name} 10.0.0.1 9001\n");
            var count = rows.Count;
            await Eventually.True(() => rows.Count > count && _time.ArmedTimers == 1, "the row to be read");
            _time.Advance(IndexLimits.PlainListSilence - TimeSpan.FromTicks(1));
            listing.IsCompleted.Should().BeFalse();
        }

        _time.Advance(TimeSpan.FromTicks(1));

        await listing;
        rows.Should().Equal("a 10.0.0.1:9001", "b c 10.0.0.1:9001");
    }

    [Fact]
    public async Task What_comes_too_late_is_not_taken_for_the_answer_to_the_next_command()
    {
        using var server = new PlayedServer();
        await using var index = await server.AcceptAsync("VERSION_OK", _time);
        var announcing = index.CommandAsync(new Announce(PlayedServer.File("a"), 9001), default);
        await server.ExpectAsync("ANNOUNCE a 9001");
        await TimersAsync(1);
        _time.Advance(IndexLimits.PlainReplyTimeout);
        await announcing;

        var rows = new List<string>();
        var listing = index.ListFilesAsync(row => rows.Add(row.Name.ToString()), default);
        await server.ExpectAsync("LIST_FILES");
        await server.SayAsync("ANNOUNCE_OK\nb 10.0.0.1 1\nLIST_END\n");
        await listing;

        rows.Should().Equal("b");
    }

    [Fact]
    public async Task A_file_may_be_named_like_a_reply()
    {
        using var server = new PlayedServer(bytesPerRead: 1);
        await using var index = await server.AcceptAsync("VERSION_OK", _time);
        var rows = new List<string>();
        var listing = index.ListFilesAsync(row => rows.Add(row.Name.ToString()), default);
        await server.ExpectAsync("LIST_FILES");

        await server.SayAsync("ERROR 10.0.0.1 1\nLIST_END 10.0.0.1 1\nFOUND 10.0.0.1 1 10.0.0.1 1\nLIST_END\n");

        await listing;
        rows.Should().Equal("ERROR", "LIST_END", "FOUND 10.0.0.1 1");
    }

    [Fact]
    public async Task Rows_that_are_garbage_are_left_out()
    {
        using var server = new PlayedServer(bytesPerRead: 1);
        await using var index = await server.AcceptAsync("VERSION_OK", _time);
        var rows = new List<string>();
        var listing = index.ListFilesAsync(row => rows.Add(row.Name.ToString()), default);
        await server.ExpectAsync("LIST_FILES");

        await server.SayAsync("../../etc/passwd 10.0.0.1 1\n/x 10.0.0.1 1\na\u001b[2J 10.0.0.1 1\nb 10.0.0.1 65536\nc 999.0.0.1 1\nd\n\n   \n\u202egpj.exe 10.0.0.1 1\ngood 10.0.0.1 1\nLIST_END\n");

        await listing;
        rows.Should().Equal("good");
    }

    [Fact]
    public async Task A_server_that_closes_in_the_middle_of_a_list_is_away()
    {
        using var server = new PlayedServer();
        await using var index = await server.AcceptAsync("VERSION_OK", _time);
        var listing = index.ListFilesAsync(_ => { }, default);
        await server.ExpectAsync("LIST_FILES");
        await server.SayAsync("a 10.0.0.1 1\nb 10.0.");

        server.Close();

        await listing.Invoking(task => task).Should().ThrowAsync<ServerAwayException>();
        await index.Ended;
    }

    private Task TimersAsync(int count) => Eventually.True(() => _time.ArmedTimers == count, $"{count} timers to be set");
}
