using P2PShare.Protocol;

namespace P2PShare.Server.Tests;

/// <summary>The table of PROTOCOL.md, section 5.5.</summary>
public sealed class ServersTests
{
    private const string Second = $"SERVER 192.0.2.2:8080 {HandledLines.Id}";
    private const string Third = "SERVER [2001:db8::3]:8080 -";

    [Fact]
    public void SERVERS_names_the_other_servers_without_REGISTER()
    {
        var lines = new HandledLines(servers: new FixedServers(Second, Third));
        lines.Ask("PROTO_VERSION 1.0");

        lines.Ask("SERVERS").Should().Equal(Second, Third, "SERVERS_END");
    }

    [Fact]
    public void SERVERS_is_answered_with_the_servers_of_that_moment()
    {
        var servers = new FixedServers();
        var lines = new HandledLines(servers: servers);
        lines.Ask("PROTO_VERSION 1.0");
        lines.Ask("SERVERS").Should().Equal("SERVERS_END");

        servers.Others = [FixedServers.Row(Third)];

        lines.Ask("SERVERS").Should().Equal(Third, "SERVERS_END");
    }

    [Fact]
    public void SERVERS_names_no_more_than_64_servers()
    {
        var rows = Enumerable.Range(1, Limits.MaxServerRows + 1).Select(port => $"SERVER 192.0.2.2:{port} -").ToArray();
        var lines = new HandledLines(servers: new FixedServers(rows));
        lines.Ask("PROTO_VERSION 1.0");

        lines.Ask("SERVERS").Should().Equal([.. rows[..Limits.MaxServerRows], "SERVERS_END"]);
    }

    [Fact]
    public void SERVERS_with_a_word_after_it_is_refused()
    {
        var lines = new HandledLines(servers: new FixedServers(Second));
        lines.Ask("PROTO_VERSION 1.0");

        lines.Ask("SERVERS 192.0.2.2:8080").Should().Equal("ERROR unexpected words after the command");
    }

    [Fact]
    public void SERVERS_is_unknown_to_a_server_without_a_cluster()
    {
        HandledLines.Greeted().Ask("SERVERS").Should().Equal("ERROR unknown command");
    }

    [Fact]
    public async Task Server_of_a_cluster_names_the_feature_and_begins_with_another_server_for_each_session()
    {
        await using var server = await RunningServer.StartAsync(servers: new FixedServers(Second, Third));
        await using var first = await server.ConnectAsync();
        await using var second = await server.ConnectAsync();

        foreach (var client in new[] { first, second })
            (await client.AskAsync("PROTO_VERSION 1.0")).Should().EndWith(" SERVERS");
        var answer = await first.AskForListAsync("SERVERS", "SERVERS_END");
        var other = await second.AskForListAsync("SERVERS", "SERVERS_END");

        answer.Should().BeEquivalentTo(Second, Third, "SERVERS_END").And.HaveElementAt(2, "SERVERS_END");
        other.Should().Equal(answer[1], answer[0], "SERVERS_END");
    }

    [Fact]
    public async Task Server_without_a_cluster_does_not_name_the_feature()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();

        (await client.AskAsync("PROTO_VERSION 1.0")).Should().NotContain("SERVERS");
        (await client.AskAsync("SERVERS")).Should().Be("ERROR unknown command");
    }
}
