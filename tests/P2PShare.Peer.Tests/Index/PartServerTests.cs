using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Index;

/// <summary>Servers that named PARTS: the commands about parts, and replies that violate the protocol.</summary>
public sealed class PartServerTests
{
    private const string EmptyId = "0000000000000000000000000000000000000000000000000000000000000000";
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task LOCATE_PEERS_returns_the_valid_rows_and_skips_malformed_ones()
    {
        using var server = new ScriptedServer(bytesPerRead: 1);
        await using var index = await server.AcceptAsync("VERSION_OK SWARM PARTS", _time);
        var locating = index.LocatePeersAsync(FileIdentity.OfEmptyFile.Id, default);
        await server.ExpectAsync($"LOCATE_PEERS {EmptyId}");

        await server.SendAsync(
            "WHOLE 10.0.0.1 1\nPART 10.0.0.2 0\nPART 10.0.0.3 3\nHALF 10.0.0.4 1\nPART 255.255.255.255 1\nLOCATE_END\n"
            + "WHOLE 10.0.0.5 1 a\nPART\nLOCATE_PEERS_END x\nLOCATE_PEERS_END\n");

        (await locating).Select(row => $"{row.IsWhole} {row.Peer}").Should().Equal("True 10.0.0.1:1", "False 10.0.0.3:3");
    }

    [Fact]
    public async Task LOCATE_PEERS_returns_no_more_peers_than_a_server_may_name()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK SWARM PARTS", _time);
        var locating = index.LocatePeersAsync(FileIdentity.OfEmptyFile.Id, default);
        await server.ExpectAsync($"LOCATE_PEERS {EmptyId}");

        await server.SendAsync(string.Concat(Enumerable.Repeat("PART 10.0.0.1 1\n", Limits.MaxLocatedOwners + 1)) + "LOCATE_PEERS_END\n");

        (await locating).Should().HaveCount(Limits.MaxLocatedOwners);
    }

    [Fact]
    public async Task Pipelined_SHARE_PARTs_are_matched_with_their_replies_by_order()
    {
        using var server = new ScriptedServer(bytesPerRead: 5);
        await using var index = await server.AcceptAsync("VERSION_OK SWARM PARTS", _time);

        var parts = Enumerable.Range(1, 4).Select(port => new SharePart(FileIdentity.OfEmptyFile, port)).ToList();
        var sharing = index.SharePartsAsync(parts, default);
        for (var port = 1; port <= 4; port++)
            await server.ExpectAsync($"SHARE_PART {EmptyId} 0 {port}");
        await server.SendAsync("SHARE_PART_OK\nSHARE_OK\nSHARE_PART_FAIL too many files\nERROR what?\nSHARE_PART_OK\n");

        (await sharing).Should().Equal(null, "too many files", "what?", null);
    }

    [Theory]
    [InlineData("WITHDRAW_PART_OK\n", true)]
    [InlineData("NOT_FOUND\n", false)]
    public async Task WITHDRAW_PART_says_whether_the_server_knew_the_part(string answer, bool done)
    {
        using var server = new ScriptedServer(bytesPerRead: 1);
        await using var index = await server.AcceptAsync("VERSION_OK SWARM PARTS", _time);
        var withdrawing = index.WithdrawPartAsync(FileIdentity.OfEmptyFile.Id, default);
        await server.ExpectAsync($"WITHDRAW_PART {EmptyId}");

        await server.SendAsync(answer);

        (await withdrawing).Should().Be(done);
    }
}
