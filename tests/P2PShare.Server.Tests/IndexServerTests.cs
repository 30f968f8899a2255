using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using P2PShare.Networking;
using P2PShare.Server.Configuration;
using P2PShare.Testing;

namespace P2PShare.Server.Tests;

public sealed class IndexServerTests
{
    [Fact]
    public async Task The_files_of_an_owner_whose_connection_was_reset_are_withdrawn()
    {
        await using var server = await RunningServer.StartAsync();
        var owner = await server.RegisterAsync("yigido");
        (await owner.AskAsync("ANNOUNCE rapor.pdf 9001")).Should().Be("ANNOUNCE_OK");
        server.ResetAll();
        var other = await server.RegisterAsync("ayse");

        await Eventually.True(
            async () => await other.AskAsync("REQUEST rapor.pdf") == "NOT_FOUND",
            "the files of a connection that was reset to be withdrawn");
        (await other.AskForListAsync("LIST_FILES", "LIST_END")).Should().Equal("LIST_END");
    }

    [Fact]
    public async Task An_owner_is_listed_with_the_IPv4_or_IPv6_address_that_it_connected_from()
    {
        await using var server = await RunningServer.StartAsync();
        var four = await server.RegisterAsync("dört");
        (await four.AskAsync("ANNOUNCE a 4")).Should().Be("ANNOUNCE_OK");
        (await four.AskAsync("REQUEST a")).Should().Be("FOUND 127.0.0.1 4");
        if (!Socket.OSSupportsIPv6 || !await CanReachAsync(server, IPAddress.IPv6Loopback))
            return;

        var six = await server.RegisterAsync("altı", IPAddress.IPv6Loopback);
        (await six.AskAsync("ANNOUNCE b 6")).Should().Be("ANNOUNCE_OK");
        (await four.AskForListAsync("LIST_FILES", "LIST_END")).Should().Equal("a 127.0.0.1 4", "b ::1 6", "LIST_END");
    }

    [Fact]
    public async Task A_thousand_clients_at_once_are_served_and_their_files_are_withdrawn_when_all_are_reset()
    {
        await using var server = await RunningServer.StartAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => server.RegisterAsync($"user {i}")));
        var announced = await Task.WhenAll(clients.Select((client, i) => client.AskAsync($"ANNOUNCE file {i:d3} {i + 1}")));
        announced.Should().OnlyContain(reply => reply == "ANNOUNCE_OK");

        var lists = await Task.WhenAll(clients.Take(20).Select(client => client.AskForListAsync("LIST_FILES", "LIST_END")));
        foreach (var list in lists)
            list.Should().Equal([.. Enumerable.Range(0, 1000).Select(i => $"file {i:d3} 127.0.0.1 {i + 1}"), "LIST_END"]);

        server.ResetAll();
        var last = await server.RegisterAsync("sonuncu");
        await Eventually.True(
            async () => (await last.AskForListAsync("LIST_FILES", "LIST_END")).Count == 1,
            "the files of a thousand clients to be withdrawn");
    }

    [Fact]
    public async Task The_server_stops_within_two_seconds_with_a_thousand_clients_connected()
    {
        await using var server = await RunningServer.StartAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => server.RegisterAsync($"user {i}")));

        var clock = Stopwatch.StartNew();
        await server.StopAsync();

        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(2));
        foreach (var client in clients)
            (await client.ReadAsync()).Should().BeNull("each connection was closed and not reset");
    }

    [Fact]
    public async Task A_full_server_answers_BUSY_and_accepts_a_client_after_another_has_left()
    {
        await using var server = await RunningServer.StartAsync(ServerBounds.Default with { MaxConnections = 2 });
        var first = await server.RegisterAsync("bir");
        await server.RegisterAsync("iki");

        (await (await server.ConnectAsync()).ReadToEndAsync()).Should().Equal("BUSY 30");
        await first.DisposeAsync();

        await Eventually.True(
            async () => await (await server.ConnectAsync()).AskAsync("PROTO_VERSION 1.0") != "BUSY 30",
            "the server to accept a client again");
    }

    [Fact]
    public async Task A_connection_beyond_the_bound_of_its_address_is_answered_with_BUSY()
    {
        await using var server = await RunningServer.StartAsync(ServerBounds.Default with { MaxPerAddress = 2 });
        await server.RegisterAsync("bir");
        await server.RegisterAsync("iki");

        (await (await server.ConnectAsync()).ReadToEndAsync()).Should().Equal("BUSY 30");
    }

    [Fact]
    public async Task A_refused_client_that_sent_more_input_still_gets_the_reply()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendAsync(new string('x', 1_000_000));

        (await client.ReadAsync()).Should().Be("ERROR line too long");
    }

    [Fact]
    public async Task The_readings_say_how_many_are_connected_and_whether_another_would_be_served()
    {
        var server = await RunningServer.StartAsync(ServerBounds.Default with { MaxConnections = 2 });
        server.Server.AcceptsSessions.Should().BeTrue();
        var first = await server.RegisterAsync("bir");
        await server.RegisterAsync("iki");
        (server.Server.Sessions, server.Server.Connections, server.Server.AcceptsSessions).Should().Be((2, 2, false), "it is full");

        (await (await server.ConnectAsync()).ReadToEndAsync()).Should().Equal("BUSY 30");
        server.Server.Connections.Should().Be(3);
        server.Server.Refusals.Should().Equal(new Dictionary<string, long> { ["too many connections"] = 1 });
        await first.DisposeAsync();
        await Eventually.True(() => server.Server.AcceptsSessions, "the server to have room again");

        await server.StopAsync();
        server.Server.AcceptsSessions.Should().BeFalse("it has stopped");
        await server.DisposeAsync();
    }

    [Fact]
    public async Task The_lag_of_each_event_loop_is_measured()
    {
        await using var server = await RunningServer.StartAsync();

        var lags = await server.Server.MeasureLoopLagsAsync(TimeSpan.FromMinutes(1));

        lags.Should().HaveCount(Platform.UsesLinuxCalls ? Math.Max(1, Environment.ProcessorCount / 2) : 0);
        lags.Should().NotContain(lag => lag <= TimeSpan.Zero || lag >= TimeSpan.FromMinutes(1));
    }

    private static async Task<bool> CanReachAsync(RunningServer server, IPAddress address)
    {
        try
        {
            await using var client = await server.ConnectAsync(address);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
