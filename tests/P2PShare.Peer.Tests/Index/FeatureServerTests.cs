using P2PShare.Peer.Index;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Transport;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Index;

/// <summary>Servers that named SWARM: pipelining, and the replies of those that violate the protocol.</summary>
public sealed class FeatureServerTests
{
    private const string Id = "de208334b2d386b0f38c8f3123c149ace9cba507cbe33a89dd28958efb98ee4f";
    private const string EmptyId = "0000000000000000000000000000000000000000000000000000000000000000";
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Pipelined_SHAREs_are_matched_with_their_replies_by_order()
    {
        using var server = new ScriptedServer(bytesPerRead: 5);
        await using var index = await server.AcceptAsync("VERSION_OK SWARM", _time);

        var sharing = index.ShareAsync([Share("a"), Share("b"), Share("c")], default);
        foreach (var name in new[] { "a", "b", "c" })
            await server.ExpectAsync($"SHARE {EmptyId} 0 9001 {name}");
        await server.SendAsync("SHARE_OK\nSHARE_FAIL too many files\nERROR what?\n");

        (await sharing).Should().Equal(null, "too many files", "what?");
    }

    [Fact]
    public async Task No_more_than_256_SHAREs_are_sent_ahead_of_their_replies()
    {
        const int InFlight = 256;
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK SWARM", _time);

        var sharing = index.ShareAsync([.. Enumerable.Range(0, InFlight + 1).Select(n => Share($"{n}"))], default);
        for (var n = 0; n < InFlight; n++)
            await server.ExpectAsync($"SHARE {EmptyId} 0 9001 {n}");
        (await server.ReceivePendingAsync()).Should().BeNull();
        await server.SendAsync(string.Concat(Enumerable.Repeat("SHARE_OK\n", InFlight)));
        await server.ExpectAsync($"SHARE {EmptyId} 0 9001 {InFlight}");
        await server.SendAsync("SHARE_OK\n");

        (await sharing).Should().HaveCount(InFlight + 1).And.OnlyContain(refusal => refusal == null);
    }

    [Fact]
    public async Task LOCATE_returns_the_valid_rows_and_skips_malformed_ones()
    {
        using var server = new ScriptedServer(bytesPerRead: 1);
        await using var index = await server.AcceptAsync("VERSION_OK SWARM", _time);
        var locating = index.LocateAsync(ScriptedServer.File("a"), default);
        await server.ExpectAsync("LOCATE a");

        await server.SendAsync(
            $"{Id} 8 10.0.0.1 1 a\n{Id} -8 10.0.0.2 1 a\n{EmptyId} 8 10.0.0.3 1 a\n{Id} 0 10.0.0.4 1 a\n{Id[1..]} 8 10.0.0.5 1 a\n"
            + $"{Id} 4398046511105 10.0.0.6 1 a\n- - 10.0.0.7 1 a\n- 8 10.0.0.8 1 a\nLOCATE_END x\nLOCATE_END\n");

        (await locating).Select(row => row.Owner.ToString()).Should().Equal("10.0.0.1:1", "10.0.0.7:1");
    }

    [Fact]
    public async Task LOCATE_returns_no_more_owners_than_a_server_may_name()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK SWARM", _time);
        var locating = index.LocateAsync(ScriptedServer.File("a"), default);
        await server.ExpectAsync("LOCATE a");

        await server.SendAsync(string.Concat(Enumerable.Repeat($"{Id} 8 10.0.0.1 1 a\n", Limits.MaxLocatedOwners + 1)) + "LOCATE_END\n");

        (await locating).Should().HaveCount(Limits.MaxLocatedOwners);
    }

    [Theory]
    [InlineData("SEARCH_END\n", false)]
    [InlineData("SEARCH_END MORE\n", true)]
    public async Task SEARCH_says_whether_there_are_more_hits(string end, bool hasMore)
    {
        using var server = new ScriptedServer(bytesPerRead: 1);
        await using var index = await server.AcceptAsync("VERSION_OK SWARM SEARCH", _time);
        var hits = new List<string>();
        var searching = index.SearchAsync("*a"u8.ToArray(), row => hits.Add($"{row.Owners} {row.Name}"), default);
        await server.ExpectAsync("SEARCH *a");

        await server.SendAsync($"{Id} 8 3 b a\n{Id} 8 -1 c a\n- - 1 d a\n{end}");

        (await searching).Should().Be(hasMore);
        hits.Should().Equal("3 b a", "1 d a");
    }

    [Theory]
    [InlineData("WITHDRAW_OK\n", true)]
    [InlineData("NOT_FOUND\n", false)]
    public async Task WITHDRAW_says_whether_the_server_knew_the_file(string answer, bool done)
    {
        using var server = new ScriptedServer(bytesPerRead: 1);
        await using var index = await server.AcceptAsync("VERSION_OK SWARM", _time);
        var withdrawing = index.WithdrawAsync(ScriptedServer.File("a b"), default);
        await server.ExpectAsync("WITHDRAW a b");

        await server.SendAsync(answer);

        (await withdrawing).Should().Be(done);
    }

    [Fact]
    public async Task ERROR_is_not_taken_for_an_empty_list_or_a_missing_file()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK SWARM SEARCH PARTS", _time);

        await RefusedAsync(index.LocatePeersAsync(FileIdentity.OfEmptyFile.Id, default), $"LOCATE_PEERS {EmptyId}");
        await RefusedAsync(index.ListSharesAsync(default, _ => { }, default), "LIST_SHARES");
        await RefusedAsync(index.LocateAsync(ScriptedServer.File("a"), default), "LOCATE a");
        await RefusedAsync(index.SearchAsync("a"u8.ToArray(), _ => { }, default), "SEARCH a");
        await RefusedAsync(index.RequestAsync(ScriptedServer.File("a"), default), "REQUEST a");

        async Task RefusedAsync(Task asking, string command)
        {
            await server.ExpectAsync(command);
            await server.SendAsync("ERROR too much to do\n");
            await asking.Invoking(task => task).Should().ThrowAsync<ServerRefusedException>().WithMessage("*too much to do");
        }
    }

    [Fact]
    public async Task List_that_stops_in_the_middle_ends_the_connection()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK SWARM", _time);
        var listing = index.ListSharesAsync(default, _ => { }, default);
        await server.ExpectAsync("LIST_SHARES");
        await server.SendAsync($"{Id} 8 10.0.0.1 1 a\n");
        await TimersAsync(1);

        _time.Advance(IndexLimits.PlainListSilence);
        listing.IsCompleted.Should().BeFalse("a server with features ends its lists");
        await Eventually.True(() =>
        {
            _time.Advance(IndexLimits.ServerSilence);
            return listing.IsCompleted;
        }, "the timeout");

        await listing.Invoking(task => task).Should().ThrowAsync<ServerTimeoutException>();
        await index.Ended;
        await index.Invoking(one => one.RequestAsync(ScriptedServer.File("a"), default)).Should().ThrowAsync<ServerUnavailableException>();
    }

    [Fact]
    public async Task List_beyond_the_bound_of_rows_is_an_error()
    {
        using var server = new ScriptedServer();
        var index = await server.AcceptAsync("VERSION_OK SWARM", _time);
        var listing = index.ListSharesAsync(default, _ => { }, default);
        await server.ExpectAsync("LIST_SHARES");

        var sending = server.SendUntilClosedAsync(new string('\n', 32 * 1024));

        await listing.Invoking(task => task).Should().ThrowAsync<ListTooLongException>();
        await index.DisposeAsync();
        await sending;
    }

    [Fact]
    public async Task Line_beyond_the_bound_ends_the_connection()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK SWARM", _time);
        var listing = index.ListSharesAsync(default, _ => { }, default);
        await server.ExpectAsync("LIST_SHARES");

        await server.SendAsync(new string('a', Limits.MaxLineBytes + 1));

        await listing.Invoking(task => task).Should().ThrowAsync<LineTooLongException>();
        await index.Ended;
    }

    [Fact]
    public async Task Flood_of_unsolicited_lines_does_not_block_the_next_command()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK SWARM", _time);
        await server.SendAsync(string.Concat(Enumerable.Repeat("buy now\n", 5000)));

        var request = index.RequestAsync(ScriptedServer.File("a"), default);
        await server.ExpectAsync("REQUEST a");
        await server.SendAsync("FOUND 10.0.0.1 1\n");

        (await request)!.Value.ToString().Should().Be("10.0.0.1:1");
    }

    [Fact]
    public async Task Server_that_stops_reading_times_out()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK SWARM", _time);

        // More than the stream's capacity.
        var folder = string.Join('/', Enumerable.Repeat(new string('a', 200), 4));
        var sharing = index.ShareAsync([.. Enumerable.Range(0, 256).Select(n => Share(folder + n))], default);
        await TimersAsync(1);
        _time.Advance(IndexLimits.ServerSilence);

        await sharing.Invoking(task => task).Should().ThrowAsync<ServerTimeoutException>();
        await index.Ended;
    }

    [Fact]
    public async Task PING_without_a_reply_ends_the_connection_after_10_s()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK SWARM PING", _time);
        var pinging = index.PingAsync(default);
        await server.ExpectAsync("PING");
        await TimersAsync(1);

        _time.Advance(IndexLimits.PongPatience);

        await pinging.Invoking(task => task).Should().ThrowAsync<ServerTimeoutException>();
        await index.Ended;
    }

    private static Share Share(string name) => new(FileIdentity.OfEmptyFile, 9001, ScriptedServer.File(name));

    private Task TimersAsync(int count) => Eventually.True(() => _time.ArmedTimers == count, $"{count} timers to be set");
}
