using System.Net;
using P2PShare.Peer.Index;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Index;

/// <summary>Servers that named WHOIS, and replies that violate the protocol.</summary>
public sealed class WhoisServerTests
{
    private const string Key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private static readonly PeerAddress Peer = PeerAddress.Create(IPAddress.Parse("10.0.0.1"), 9001);
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task WHOIS_returns_the_valid_rows_and_skips_malformed_ones()
    {
        using var server = new ScriptedServer(bytesPerRead: 1);
        await using var index = await server.AcceptAsync("VERSION_OK SWARM WHOIS", _time);
        var asking = index.WhoisAsync(Peer, default);
        await server.ExpectAsync("WHOIS 10.0.0.1 9001");

        await server.SendAsync(
            $"PEER {Key} ali veli\nPEER - \nPEER {Key}0 can\nPEER - a\u001b[2Jb\nPEER\nUSER - can\nPEER - ayşe\nWHOIS_END x\nWHOIS_END\n");

        (await asking).Select(row => $"{row.Key} {row.User}").Should().Equal($"{Key} ali veli", " ayşe");
    }

    [Fact]
    public async Task WHOIS_returns_no_more_users_than_a_server_may_name()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK SWARM WHOIS", _time);
        var asking = index.WhoisAsync(Peer, default);
        await server.ExpectAsync("WHOIS 10.0.0.1 9001");

        await server.SendAsync(string.Concat(Enumerable.Repeat("PEER - ayse\n", Limits.MaxWhoisRows + 1)) + "WHOIS_END\n");

        (await asking).Should().HaveCount(Limits.MaxWhoisRows);
    }

    [Fact]
    public async Task Pipelined_WHOISes_are_matched_with_their_replies_by_order_and_none_is_left_for_the_next_command()
    {
        using var server = new ScriptedServer(bytesPerRead: 5);
        await using var index = await server.AcceptAsync("VERSION_OK SWARM WHOIS", _time);
        PeerAddress[] peers = [.. Enumerable.Range(1, 3).Select(port => PeerAddress.Create(Peer.Ip, port))];

        var asking = index.WhoisAsync(peers, default);
        for (var port = 1; port <= peers.Length; port++)
            await server.ExpectAsync($"WHOIS 10.0.0.1 {port}");
        await server.SendAsync("PEER - a\nPEER - b\nWHOIS_END\nWHOIS_END\nPEER - c\nWHOIS_END\n");
        (await asking).Select(rows => string.Concat(rows.Select(row => row.User))).Should().Equal("ab", "", "c");

        asking = index.WhoisAsync(peers, default);
        for (var port = 1; port <= peers.Length; port++)
            await server.ExpectAsync($"WHOIS 10.0.0.1 {port}");
        var next = index.WhoisAsync(Peer, default);
        await server.SendAsync("ERROR too much to do\nWHOIS_END\nPEER - c\nWHOIS_END\n");
        await asking.Invoking(task => task).Should().ThrowAsync<ServerRefusedException>();

        await server.ExpectAsync("WHOIS 10.0.0.1 9001");
        await server.SendAsync("PEER - d\nWHOIS_END\n");
        (await next).Should().ContainSingle().Which.User.Text.Should().Be("d");
    }

    [Fact]
    public async Task ERROR_is_not_taken_for_an_address_without_a_user()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK SWARM WHOIS", _time);
        var asking = index.WhoisAsync(Peer, default);
        await server.ExpectAsync("WHOIS 10.0.0.1 9001");

        await server.SendAsync("ERROR too much to do\n");

        await asking.Invoking(task => task).Should().ThrowAsync<ServerRefusedException>().WithMessage("*too much to do");
    }
}
