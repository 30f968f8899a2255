using P2PShare.Peer.Index;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Index;

/// <summary>A list that never ends: a row, a pause too short to count as silence, a row.</summary>
public sealed class TrickledListTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("VERSION_OK SWARM", "LIST_SHARES", "- - 10.0.0.1 9001 a\n", 10.0)]
    [InlineData("VERSION_OK", "LIST_FILES", "a 10.0.0.1 9001\n", 0.4)]
    public async Task Trickled_list_times_out_and_ends_the_connection(string version, string command, string row, double pause)
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync(version, _time);
        var rows = 0;
        var listing = command == "LIST_FILES"
            ? index.ListFilesAsync(_ => Interlocked.Increment(ref rows), default)
            : index.ListSharesAsync(default, _ => Interlocked.Increment(ref rows), default);
        await server.ExpectAsync(command);

        for (var sent = 1; sent < 100 && !listing.IsCompleted; sent++)
        {
            await server.SendAsync(row);
            await Eventually.True(
                () => listing.IsCompleted || (Volatile.Read(ref rows) == sent && _time.ArmedTimers == 1), "the row to be taken");
            _time.Advance(TimeSpan.FromSeconds(pause));
        }

        await listing.Invoking(task => task).Should().ThrowAsync<ServerTimeoutException>();
        await index.Ended;
    }
}
