using P2PShare.Server.Configuration;
using P2PShare.Server.Tests.Registry;

namespace P2PShare.Server.Tests;

/// <summary>Clients that do not read, do not stop sending, or do not close.</summary>
public sealed class SessionGuardTests
{
    [Fact]
    public async Task A_client_that_never_reads_costs_one_chunk_and_is_dropped_after_thirty_seconds()
    {
        MeasuredStream? measured = null;
        await using var session = new RunningSession(wrap: near => measured = new MeasuredStream(near));
        for (var i = 0; i < 20_000; i++)
            session.Services.Registry.PutAll(Entries.Entry(7, $"file number {i}"));
        (await session.Client.AskAsync("PROTO_VERSION 1.0")).Should().StartWith("VERSION_OK");
        var sending = session.Client.SendAsync(string.Concat(Enumerable.Repeat("LIST_FILES\n", 50_000)));
        await session.TimersAreSetAsync(1);

        sending.IsCompleted.Should().BeFalse("what the server does not read waits at the client's side");
        measured!.BytesRead.Should().BeLessThan(32 * 1024);
        measured.LongestWrite.Should().BeInRange(32 * 1024, 128 * 1024, "a list of any length is composed by chunks");
        session.Time.Advance(ServerLimits.ReaderStall);

        await session.EndAsync();
        await sending.Invoking(task => task).Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task A_slow_reader_of_a_long_list_is_not_dropped_and_gets_all_of_it()
    {
        await using var session = await RunningSession.GreetedAsync();
        for (var i = 0; i < 20_000; i++)
            session.Services.Registry.PutAll(Entries.Entry(7, $"file {i:d5}"));
        await session.Client.SendAsync("LIST_FILES\nPING\n");

        for (var i = 0; i < 20_000; i++)
        {
            (await session.Client.ReadAsync()).Should().Be($"file {i:d5} 10.0.0.7 9001");
            if (i % 5000 == 0)
                session.Time.Advance(TimeSpan.FromSeconds(20));
        }

        (await session.Client.ReadAsync()).Should().Be("LIST_END");
        (await session.Client.ReadAsync()).Should().Be("PONG");
    }

    [Fact]
    public async Task After_sixteen_errors_in_a_row_nothing_more_is_answered()
    {
        await using var session = await RunningSession.GreetedAsync();

        await session.Client.SendAsync(string.Concat(Enumerable.Repeat("MERHABA\n", 16)) + "PING\nPING\n");

        (await session.Client.ReadToEndAsync()).Should().Equal(Enumerable.Repeat("ERROR unknown command", 16));
    }

    [Fact]
    public async Task A_refused_connection_is_read_for_another_second_so_that_the_reply_arrives()
    {
        await using var session = new RunningSession();
        (await session.Client.AskAsync("HALLO")).Should().Be("VERSION_FAIL");
        (await session.Client.ReadAsync()).Should().BeNull("the server's direction has ended");
        await session.TimersAreSetAsync(1);

        session.Time.Advance(ServerLimits.LingerTime - TimeSpan.FromTicks(1));
        await session.Client.SendAsync(new string('x', 500_000));
        session.HasEnded.Should().BeFalse();
        session.Time.Advance(TimeSpan.FromTicks(1));

        await session.EndAsync();
        await session.Client.Invoking(client => client.SendAsync("x")).Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task A_refused_session_ends_as_soon_as_the_client_closes()
    {
        await using var session = new RunningSession();
        (await session.Client.AskAsync("HALLO")).Should().Be("VERSION_FAIL");

        session.CloseOutput();

        await session.EndAsync();
    }

    [Fact]
    public async Task A_refused_client_that_does_not_stop_sending_is_disconnected()
    {
        await using var session = new RunningSession();
        (await session.Client.AskAsync("HALLO")).Should().Be("VERSION_FAIL");

        var sending = session.Client.SendAsync(new string('x', ServerLimits.LingerBytes + 1_000_000));

        await session.EndAsync();
        await sending.Invoking(task => task).Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task The_files_of_a_refused_client_are_withdrawn_before_the_lingering_close_ends()
    {
        await using var session = await RunningSession.GreetedAsync();
        (await session.Client.AskAsync("ANNOUNCE a 1")).Should().Be("ANNOUNCE_OK");

        await session.Client.SendAsync(string.Concat(Enumerable.Repeat("MERHABA\n", 16)));
        await session.TimersAreSetAsync(1);

        session.HasEnded.Should().BeFalse();
        session.Services.Registry.ReadAll().Should().BeEmpty();
    }

    [Theory]
    [InlineData("PING", "PONG")]
    [InlineData($"LOCATE_PEERS {HandledLines.Id}", "LOCATE_PEERS_END")]
    public async Task Commands_beyond_the_burst_wait_and_are_answered_after_the_refill(string command, string answer)
    {
        await using var session = await RunningSession.GreetedAsync();
        const int commands = ServerLimits.CommandBurst + 1000;
        var sending = session.Client.SendAsync(string.Concat(Enumerable.Repeat(command + "\n", commands)));
        var reading = ReadAsync(session.Client, commands);
        await session.TimersAreSetAsync(1);

        reading.IsCompleted.Should().BeFalse("the last thousand have to wait");
        session.Time.Advance(TimeSpan.FromSeconds(1));

        (await reading).Should().OnlyContain(reply => reply == answer);
        await sending;
    }

    private static async Task<List<string?>> ReadAsync(ServerClient client, int lines)
    {
        var read = new List<string?>();
        while (read.Count < lines)
            read.Add(await client.ReadAsync());
        return read;
    }
}
