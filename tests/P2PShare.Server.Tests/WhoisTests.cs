namespace P2PShare.Server.Tests;

/// <summary>The table of PROTOCOL.md, section 5.3, with whole sessions.</summary>
public sealed class WhoisTests
{
    private const string Token = "0f3c0f3c0f3c0f3c0f3c0f3c0f3c0f3c";

    [Theory]
    [InlineData("ANNOUNCE a 9001", "ANNOUNCE_OK")]
    [InlineData($"SHARE {HandledLines.Id} 8 9001 a", "SHARE_OK")]
    [InlineData($"SHARE_PART {HandledLines.Id} 8 9001", "SHARE_PART_OK")]
    public async Task Each_way_to_announce_enters_the_session(string command, string reply)
    {
        await using var session = await RunningSession.GreetedAsync(user: "ali veli");
        (await session.Client.AskAsync(command)).Should().Be(reply);

        (await WhoisAsync(session)).Should().Equal("PEER - ali veli", "WHOIS_END");
    }

    [Theory]
    [InlineData("ANNOUNCE ../a 9001")]
    [InlineData($"SHARE {HandledLines.Id} 0 9001 a")]
    [InlineData($"SHARE_PART {HandledLines.Id} 0 9001")]
    public async Task Refused_announcement_does_not_enter_the_session(string command)
    {
        await using var session = await RunningSession.GreetedAsync();
        (await session.Client.AskAsync(command)).Should().Contain("_FAIL");

        (await WhoisAsync(session)).Should().Equal("WHOIS_END");
    }

    [Fact]
    public async Task Rows_are_those_of_all_sessions_the_newest_first_and_go_with_their_sessions()
    {
        await using var first = await RunningSession.GreetedAsync();
        await using var second = await RunningSession.GreetedAsync(first, 2, "ayse");
        (await first.Client.AskAsync("ANNOUNCE a 9001")).Should().Be("ANNOUNCE_OK");
        (await second.Client.AskAsync("ANNOUNCE a 9001")).Should().Be("ANNOUNCE_OK");
        (await WhoisAsync(first)).Should().Equal("PEER - ayse", "PEER - yigido", "WHOIS_END");

        second.CloseOutput();
        await second.EndAsync();

        (await WhoisAsync(first)).Should().Equal("PEER - yigido", "WHOIS_END");
    }

    [Fact]
    public async Task Session_that_is_replaced_leaves_before_RESUME_is_answered()
    {
        await using var older = await RunningSession.GreetedAsync();
        (await older.Client.AskAsync($"RESUME {Token}")).Should().Be("RESUME_OK");
        (await older.Client.AskAsync("ANNOUNCE a 9001")).Should().Be("ANNOUNCE_OK");
        await using var newer = await RunningSession.GreetedAsync(older, 2);

        (await newer.Client.AskAsync($"RESUME {Token}")).Should().Be("RESUME_OK");

        (await WhoisAsync(newer)).Should().Equal("WHOIS_END");
        await older.EndAsync();
        newer.Services.Directory.Count.Should().Be(0);
    }

    private static Task<List<string>> WhoisAsync(RunningSession session) =>
        session.Client.AskForListAsync("WHOIS 127.0.0.1 9001", "WHOIS_END");
}
