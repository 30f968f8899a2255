using P2PShare.Peer.Index;
using P2PShare.Protocol;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Index;

/// <summary>Servers that named SERVERS, and replies that violate the protocol.</summary>
public sealed class ServersServerTests
{
    private const string Key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task SERVERS_returns_the_valid_rows_and_skips_malformed_ones()
    {
        using var server = new ScriptedServer(bytesPerRead: 1);
        await using var index = await server.AcceptAsync("VERSION_OK SWARM SERVERS", _time);
        var asking = index.ServersAsync(default);
        await server.ExpectAsync("SERVERS");

        await server.SendAsync(
            $"SERVER 192.0.2.1:8080 {Key}\nSERVER 0.0.0.0:8080 -\nSERVER a\u001b[2Jb:1 -\nSERVER a:1 {Key}0\nPEER - ayse\n"
            + "SERVER 127.1:1 -\nSERVER [2001:db8::1]:8080 -\nSERVERS_END x\nSERVER Example.org:8080 -\nSERVERS_END\n");

        (await asking).Select(row => $"{row.Server} {row.Key}").Should().Equal(
            $"192.0.2.1:8080 {Key}", "[2001:db8::1]:8080 ", "example.org:8080 ");
    }

    [Fact]
    public async Task SERVERS_returns_no_more_than_64_servers()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK SWARM SERVERS", _time);
        var asking = index.ServersAsync(default);
        await server.ExpectAsync("SERVERS");

        await server.SendAsync(
            string.Concat(Enumerable.Range(1, Limits.MaxServerRows + 1).Select(port => $"SERVER 192.0.2.1:{port} -\n")) + "SERVERS_END\n");

        (await asking).Should().HaveCount(Limits.MaxServerRows);
    }

    [Fact]
    public async Task ERROR_is_not_taken_for_a_cluster_without_other_servers()
    {
        using var server = new ScriptedServer();
        await using var index = await server.AcceptAsync("VERSION_OK SWARM SERVERS", _time);
        var asking = index.ServersAsync(default);
        await server.ExpectAsync("SERVERS");

        await server.SendAsync("ERROR too much to do\n");

        await asking.Invoking(task => task).Should().ThrowAsync<ServerRefusedException>().WithMessage("*too much to do");
    }
}
