using System.Diagnostics;
using P2PShare.EndToEnd.Tests.Running;
using P2PShare.Testing;
using P2PShare.Testing.Nats;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests.Cluster;

/// <summary>Servers of a cluster that end, are killed or hang.</summary>
public sealed class ServerEndTests
{
    private const string Stream = "$JS.API.STREAM.INFO.P2PSHARE_home";

    [NatsFact]
    public async Task A_server_that_ends_in_order_and_its_files_are_gone_at_once_at_the_others_and_in_the_stream()
    {
        await using var nats = await RunningNats.StartAsync();
        await using var cluster = await RunningCluster.StartAsync(nats.Url, 2);
        var (first, second) = (cluster.Servers[0], cluster.Servers[1]);
        using var leaving = await IndexSession.ConnectAsync(first, "yigido");
        using var staying = await IndexSession.ConnectAsync(second, "ayse");
        await leaving.ShareAsync("a");
        await staying.ShareAsync("b", 2);
        await cluster.WaitForNamesAsync("a", "b");

        first.Process.Signal(UnixSignal.Terminate);
        (await first.Process.WaitForExitAsync()).Should().Be(0);
        var clock = Stopwatch.StartNew();
        await cluster.RemoveAsync(first);
        await cluster.WaitForNamesAsync("b");
        await cluster.WaitUntilAllKnowEachOtherAsync();

        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(4), "nobody waits for the lease of a server that said that it ends");
        await Eventually.True(async () => await SubjectsAsync(nats) == 2, "the lease and the page of the other server to be all there is");
    }

    [NatsFact]
    public async Task After_a_server_is_killed_its_clients_come_to_the_others_and_nobody_is_listed_twice()
    {
        await using var nats = await RunningNats.StartAsync();
        await using var cluster = await RunningCluster.StartAsync(nats.Url, 3);
        var killed = cluster.Servers[1];
        var clients = new List<RunningClient>();
        var names = new List<string>();
        for (var number = 0; number < 6; number++)
        {
            // Each was given the address of one server, and has learned those of the others.
            var client = await cluster.ConnectAsync(cluster.Servers[number % 3], $"user {number}");
            clients.Add(client);
            names.Add($"file {number}");
            client.Folder.Write(names[^1], [(byte)number]);
            await client.CommandAsync($"ANNOUNCE {names[^1]}", "Announced");
        }

        using var plain = await IndexSession.ConnectAsync(killed, "somebody who does not come back");
        await plain.ShareAsync("dead", 99);
        await cluster.WaitForNamesAsync([.. names, "dead"]);

        killed.Process.Kill();
        await killed.Process.WaitForExitAsync();
        await cluster.RemoveAsync(killed);
        await Task.WhenAll(clients.Where((_, number) => number % 3 == 1)
            .Select(client => client.Process.WaitForLineAsync("is back", TimeSpan.FromMinutes(1))));

        var clock = Stopwatch.StartNew();
        await cluster.WaitForNamesAsync([.. names]);
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(30), "a server is forgotten after 15 seconds of silence");
        foreach (var name in names.Skip(1))
            await clients[0].CommandAsync($"REQUEST {name} AS {name} fetched", "Saved");
        (await cluster.ConnectAsync(cluster.Servers[0], "other")).Process.Output.Text.Should().Contain("Connected");
        await cluster.WaitUntilAllKnowEachOtherAsync();
    }

    [NatsFact]
    public async Task A_server_that_hung_until_the_others_had_purged_it_is_equal_again()
    {
        await using var nats = await RunningNats.StartAsync();
        await using var cluster = await RunningCluster.StartAsync(nats.Url, 2);
        using var one = await IndexSession.ConnectAsync(cluster.Servers[0], "one");
        using var two = await IndexSession.ConnectAsync(cluster.Servers[1], "two");
        for (var number = 0; number < 200; number++)
        {
            await one.ShareAsync($"one {number:D3}", number + 1);
            await two.ShareAsync($"two {number:D3}", number + 1);
        }

        string[] ones = [.. Enumerable.Range(0, 200).Select(number => $"one {number:D3}")];
        string[] twos = [.. Enumerable.Range(0, 200).Select(number => $"two {number:D3}")];
        await cluster.WaitForNamesAsync([.. ones, .. twos]);
        var before = await SubjectsAsync(nats);

        cluster.Servers[1].Process.Signal(UnixSignal.Stop);
        await Eventually.True(
            async () => (await IndexSession.AskAsync(cluster.Servers[0], "LIST_FILES")).Count == ones.Length,
            "the files of the server that hangs to be gone",
            TimeSpan.FromMinutes(1));
        (await one.AskAsync("WITHDRAW one 000")).Should().Equal("WITHDRAW_OK");
        await one.ShareAsync("one new", 1000);
        await Eventually.True(
            async () => await SubjectsAsync(nats) == before / 2, "what it has published to be purged", TimeSpan.FromMinutes(1));
        cluster.Servers[1].Process.Signal(UnixSignal.Continue);

        await cluster.WaitForNamesAsync([.. ones[1..], "one new", .. twos]);
        await cluster.WaitUntilAllKnowEachOtherAsync();
    }

    // How many subjects have a message in the stream.
    private static async Task<int> SubjectsAsync(RunningNats nats)
    {
        var info = System.Text.Json.JsonDocument.Parse(await NatsRequest.SendAsync(nats.Port, Stream, ""));
        return info.RootElement.GetProperty("state").GetProperty("messages").GetInt32();
    }
}
