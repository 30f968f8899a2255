using P2PShare.Peer.Index;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Index;

/// <summary>Servers that named no features, and deviate in their replies (PROTOCOL.md, section 4, "Plain servers").</summary>
public sealed class PlainServerTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Next_command_is_sent_only_after_the_reply_to_the_one_before()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK", _time);

        var first = index.CommandAsync(new Announce(ScriptedServer.File("a"), 9001), default);
        var second = index.RequestAsync(ScriptedServer.File("b"), default);
        var third = index.ListFilesAsync(_ => { }, default);

        await server.ExpectAsync("ANNOUNCE a 9001");
        (await server.ReceivePendingAsync()).Should().BeNull();
        await server.SendAsync("ANNOUNCE_OK\n");
        await server.ExpectAsync("REQUEST b");
        (await server.ReceivePendingAsync()).Should().BeNull();
        await server.SendAsync("NOT_FOUND\n");
        await server.ExpectAsync("LIST_FILES");
        await server.SendAsync("LIST_END\n");
        (await first).Should().BeNull();
        (await second).Should().BeNull();
        await third;
    }

    [Fact]
    public async Task Cancelled_command_is_not_sent_and_the_reply_to_one_already_sent_is_read()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK", _time);
        using var cancel = new CancellationTokenSource();
        var first = index.RequestAsync(ScriptedServer.File("a"), cancel.Token);
        var second = index.CommandAsync(new Announce(ScriptedServer.File("b"), 9001), cancel.Token);
        await server.ExpectAsync("REQUEST a");

        await cancel.CancelAsync();
        await first.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        await second.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        var third = index.RequestAsync(ScriptedServer.File("c"), default);
        (await server.ReceivePendingAsync()).Should().BeNull("the first is not answered yet");
        await server.SendAsync("FOUND 10.0.0.1 1\n");

        await server.ExpectAsync("REQUEST c");
        await server.SendAsync("FOUND 10.0.0.3 3\n");
        (await third)!.Value.ToString().Should().Be("10.0.0.3:3");
    }

    [Fact]
    public async Task ANNOUNCE_without_a_reply_is_accepted_after_1_s()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK", _time);
        var announcing = index.CommandAsync(new Announce(ScriptedServer.File("yaz tatili.txt"), 9001), default);
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
    public async Task Reply_to_ANNOUNCE_is_found_among_stray_lines(string answer, string? refusal)
    {
        using var server = new ScriptedServer(bytesPerRead: 1);
        await using var index = await server.AcceptAsync("VERSION_OK", _time);
        var announcing = index.CommandAsync(new Announce(ScriptedServer.File("a"), 9001), default);
        await server.ExpectAsync("ANNOUNCE a 9001");

        await server.SendAsync(answer);

        (await announcing).Should().Be(refusal);
    }

    [Fact]
    public async Task Stray_lines_before_FOUND_are_skipped()
    {
        using var server = new ScriptedServer(bytesPerRead: 1);
        await using var index = await server.AcceptAsync("MERHABA", _time);
        var request = index.RequestAsync(ScriptedServer.File("a"), default);
        await server.ExpectAsync("REQUEST a");

        await server.SendAsync("ANNOUNCE_OK\nuser ali joined\nERROR of somebody else\n"
            + "FOUND here\nFOUND 0.0.0.0 1\nFOUND 10.0.0.1 0\n\nFOUND 10.0.0.7 9001\r\n");

        (await request)!.Value.ToString().Should().Be("10.0.0.7:9001");
    }

    [Fact]
    public async Task Stray_lines_do_not_prolong_the_timeout_of_REQUEST()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK", _time);
        var request = index.RequestAsync(ScriptedServer.File("a"), default);
        await server.ExpectAsync("REQUEST a");

        for (var step = 0; step < 10; step++)
        {
            await TimersAsync(1);
            _time.Advance(IndexLimits.ServerSilence / 10);
            await server.SendAsync("still looking\n");
        }

        await request.Invoking(task => task).Should().ThrowAsync<ServerTimeoutException>();
        await index.Ended;
    }

    [Fact]
    public async Task List_is_complete_after_500_ms_of_silence()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK", _time);
        var rows = new List<string>();
        var listing = index.ListFilesAsync(row => rows.Add($"{row.Name} {row.Owner}"), default);
        await server.ExpectAsync("LIST_FILES");
        foreach (var name in new[] { "a", "b c" })
        {
            await server.SendAsync($"{name} 10.0.0.1 9001\n");
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
    public async Task Late_reply_is_not_taken_for_the_reply_to_the_next_command()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK", _time);
        var announcing = index.CommandAsync(new Announce(ScriptedServer.File("a"), 9001), default);
        await server.ExpectAsync("ANNOUNCE a 9001");
        await TimersAsync(1);
        _time.Advance(IndexLimits.PlainReplyTimeout);
        await announcing;

        var rows = new List<string>();
        var listing = index.ListFilesAsync(row => rows.Add(row.Name.ToString()), default);
        await server.ExpectAsync("LIST_FILES");
        await server.SendAsync("ANNOUNCE_OK\nb 10.0.0.1 1\nLIST_END\n");
        await listing;

        rows.Should().Equal("b");
    }

    [Fact]
    public async Task Row_whose_name_looks_like_a_reply_is_a_row()
    {
        using var server = new ScriptedServer(bytesPerRead: 1);
        await using var index = await server.AcceptAsync("VERSION_OK", _time);
        var rows = new List<string>();
        var listing = index.ListFilesAsync(row => rows.Add(row.Name.ToString()), default);
        await server.ExpectAsync("LIST_FILES");

        await server.SendAsync("ERROR 10.0.0.1 1\nLIST_END 10.0.0.1 1\nFOUND 10.0.0.1 1 10.0.0.1 1\nLIST_END\n");

        await listing;
        rows.Should().Equal("ERROR", "LIST_END", "FOUND 10.0.0.1 1");
    }

    [Fact]
    public async Task Malformed_rows_are_skipped()
    {
        using var server = new ScriptedServer(bytesPerRead: 1);
        await using var index = await server.AcceptAsync("VERSION_OK", _time);
        var rows = new List<string>();
        var listing = index.ListFilesAsync(row => rows.Add(row.Name.ToString()), default);
        await server.ExpectAsync("LIST_FILES");

        await server.SendAsync("../../etc/passwd 10.0.0.1 1\n/x 10.0.0.1 1\na\u001b[2J 10.0.0.1 1\nb 10.0.0.1 65536\nc 999.0.0.1 1\n"
            + "d\n\n   \n\u202egpj.exe 10.0.0.1 1\ngood 10.0.0.1 1\nLIST_END\n");

        await listing;
        rows.Should().Equal("good");
    }

    [Fact]
    public async Task Server_that_closes_in_the_middle_of_a_list_is_unavailable()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK", _time);
        var listing = index.ListFilesAsync(_ => { }, default);
        await server.ExpectAsync("LIST_FILES");
        await server.SendAsync("a 10.0.0.1 1\nb 10.0.");

        server.Close();

        await listing.Invoking(task => task).Should().ThrowAsync<ServerUnavailableException>();
        await index.Ended;
    }

    private Task TimersAsync(int count) => Eventually.True(() => _time.ArmedTimers == count, $"{count} timers to be set");
}
