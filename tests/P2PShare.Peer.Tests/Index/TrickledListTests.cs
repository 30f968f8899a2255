using P2PShare.Peer.Index;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Index;

/// <summary>A list that never stops and never ends: a row, a pause that is no silence, a row.</summary>
public sealed class TrickledListTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("VERSION_OK SWARM", "LIST_SHARES", "- - 10.0.0.1 9001 a\n", 10.0)]
    [InlineData("VERSION_OK", "LIST_FILES", "a 10.0.0.1 9001\n", 0.4)]
    public async Task A_list_that_trickles_is_given_up_and_the_next_command_need_not_wait_for_it(string version, string asked, string row, double pause)
    {
        using var server = new PlayedServer();
        await using var index = await server.AcceptAsync(version, _time);
        var rows = 0;
        var listing = asked == "LIST_FILES"
            ? index.ListFilesAsync(_ => Interlocked.Increment(ref rows), default)
            : index.ListSharesAsync(default, _ => Interlocked.Increment(ref rows), default);
        await server.ExpectAsync(asked);

        for (var said = 1; said < 100 && !listing.IsCompleted; said++)
        {
            await server.SayAsync(row);
            await Eventually.True(() => listing.IsCompleted || (Volatile.Read(ref rows) == said && _time.ArmedTimers == 1), "the row to be taken");
            _time.Advance(TimeSpan.FromSeconds(pause));
        }

        await listing.Invoking(task => task).Should().ThrowAsync<ServerSilentException>();
        await index.Ended;
    }
}
