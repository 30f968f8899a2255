using P2PShare.EndToEnd.Tests.Running;
using P2PShare.Testing.Nats;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests.Cluster;

/// <summary>NATS ends or cannot be reached: the servers answer meanwhile, and are equal again afterwards.</summary>
public sealed class NatsEndTests
{
    [NatsTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_request_fails_while_NATS_is_restarted_with_its_store_or_without_and_the_servers_are_equal_again(bool hasForgotten)
    {
        await using var nats = await RunningNats.StartAsync();
        if (hasForgotten)
            await CreateStreamInMemoryAsync(nats);
        await using var cluster = await RunningCluster.StartAsync(nats.Url, 2);
        using var one = await IndexSession.ConnectAsync(cluster.Servers[0], "one");
        using var two = await IndexSession.ConnectAsync(cluster.Servers[1], "two");
        await one.ShareAsync("a");
        await two.ShareAsync("b", 2);
        await two.ShareAsync("old", 3);
        await cluster.WaitForNamesAsync("a", "b", "old");
        await using var asking = new Asking(cluster.Servers, "a", "b");

        await nats.KillAsync();
        await Task.WhenAll(cluster.Servers.Select(server => server.Process.WaitForLineAsync("no connection to the cluster")));
        (await two.AskAsync("WITHDRAW old")).Should().Equal("WITHDRAW_OK");
        await two.ShareAsync("c", 4);
        (await IndexSession.AskAsync(cluster.Servers[1], "REQUEST c")).Should().Equal("FOUND 127.0.0.1 9001");
        await nats.StartAgainAsync();

        await cluster.WaitForNamesAsync("a", "b", "c");
        await one.ShareAsync("d", 5);
        await cluster.WaitForNamesAsync("a", "b", "c", "d");
        await Task.WhenAll(cluster.Servers.Select(server => server.Process.WaitForLineAsync("joined the cluster")));
        await asking.EndAsync();
    }

    [NatsFact]
    public async Task The_servers_are_equal_again_after_the_folder_of_NATS_was_deleted()
    {
        await using var nats = await RunningNats.StartAsync();
        await using var cluster = await RunningCluster.StartAsync(nats.Url, 3);
        using var one = await IndexSession.ConnectAsync(cluster.Servers[0], "one");
        using var two = await IndexSession.ConnectAsync(cluster.Servers[1], "two");
        await one.ShareAsync("a");
        await two.ShareAsync("b", 2);
        await cluster.WaitForNamesAsync("a", "b");
        await using var asking = new Asking(cluster.Servers, "a", "b");

        await nats.KillAsync();
        await Task.WhenAll(cluster.Servers.Select(server => server.Process.WaitForLineAsync("no connection to the cluster")));
        await nats.StartAgainAsync(hasForgotten: true);
        await Task.WhenAll(cluster.Servers.Select(server => server.Process.WaitForLineAsync("joined the cluster")));
        await two.ShareAsync("c", 4);

        await cluster.WaitForNamesAsync("a", "b", "c");
        await cluster.WaitUntilAllKnowEachOtherAsync();
        await asking.EndAsync();
    }

    [NatsFact]
    public async Task A_server_that_starts_while_NATS_is_away_serves_its_own_clients_and_joins_later()
    {
        await using var nats = await RunningNats.StartAsync();
        await using var cluster = await RunningCluster.StartAsync(nats.Url, 1);
        using var one = await IndexSession.ConnectAsync(cluster.Servers[0], "one");
        await one.ShareAsync("a");
        await nats.KillAsync();

        var late = await cluster.AddAsync(nats.Url);
        await late.Process.WaitForLineAsync("no connection to the cluster");
        using var two = await IndexSession.ConnectAsync(late, "two");
        await two.ShareAsync("b", 2);
        (await IndexSession.AskAsync(late, "REQUEST b")).Should().Equal("FOUND 127.0.0.1 9001");
        (await IndexSession.AskAsync(late, "LIST_FILES")).Should().HaveCount(1);
        await nats.StartAgainAsync();

        await cluster.WaitForNamesAsync("a", "b");
        await cluster.WaitUntilAllKnowEachOtherAsync();
    }

    [NatsTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_was_cut_off_from_NATS_while_both_sides_changed_is_equal_again(bool isHeld)
    {
        await using var nats = await RunningNats.StartAsync();
        await using var cable = new TcpRelay(nats.Port);
        await using var cluster = new RunningCluster();
        await cluster.AddAsync(nats.Url);
        var cut = await cluster.AddAsync($"nats://127.0.0.1:{cable.Port}");
        await cluster.WaitUntilAllKnowEachOtherAsync();
        using var one = await IndexSession.ConnectAsync(cluster.Servers[0], "one");
        using var two = await IndexSession.ConnectAsync(cut, "two");
        await one.ShareAsync("a");
        await two.ShareAsync("b", 2);
        await cluster.WaitForNamesAsync("a", "b");

        if (isHeld)
            cable.Hold();
        else
            cable.Break();
        (await one.AskAsync("WITHDRAW a")).Should().Equal("WITHDRAW_OK");
        (await two.AskAsync("WITHDRAW b")).Should().Equal("WITHDRAW_OK");
        await one.ShareAsync("c", 3);
        await two.ShareAsync("d", 4);
        await cut.Process.WaitForLineAsync("no connection to the cluster", TimeSpan.FromMinutes(1));
        (await IndexSession.AskAsync(cut, "LIST_FILES")).Should().Equal("a 127.0.0.1 9001", "d 127.0.0.1 9001");
        cable.Heal();

        var time = await cluster.WaitForNamesAsync("c", "d");
        time.Should().BeLessThan(TimeSpan.FromSeconds(20), "{0} s were needed, and 5 are expected", time.TotalSeconds);
    }

    [NatsFact]
    public async Task No_entry_is_lost_and_no_request_fails_when_the_leader_of_three_NATS_servers_and_then_another_one_is_killed()
    {
        await using var trio = await NatsTrio.StartAsync();
        await using var cluster = await RunningCluster.StartAsync(trio.Urls, 2, "--cluster-replicas", "3");
        using var one = await IndexSession.ConnectAsync(cluster.Servers[0], "one");
        using var two = await IndexSession.ConnectAsync(cluster.Servers[1], "two");
        await one.ShareAsync("a");
        await two.ShareAsync("b", 2);
        await cluster.WaitForNamesAsync("a", "b");
        await using var asking = new Asking(cluster.Servers, "a", "b");
        var names = new List<string> { "a", "b" };
        var leader = await trio.FindLeaderAsync("P2PSHARE_home");

        foreach (var number in new[] { leader, (leader + 1) % trio.Servers.Count })
        {
            await trio.Servers[number].KillAsync();
            names.AddRange([$"one {number}", $"two {number}"]);
            await one.ShareAsync($"one {number}", 10 + number);
            await two.ShareAsync($"two {number}", 20 + number);
            await cluster.WaitForNamesAsync([.. names]);
            await trio.Servers[number].StartAgainAsync();
            await trio.WaitUntilAllAreCurrentAsync("P2PSHARE_home");
        }

        await cluster.WaitForNamesAsync([.. names]);
        await cluster.WaitUntilAllKnowEachOtherAsync();

        // On a slow machine, the NATS servers may need longer to elect a leader than a lease lasts.
        if (!cluster.Servers.Any(server => server.Log.Contains("has left the cluster", StringComparison.Ordinal)))
            await asking.EndAsync();
    }

    [NatsFact]
    public async Task A_server_that_starts_while_the_NATS_servers_have_no_leader_joins_later()
    {
        await using var trio = await NatsTrio.StartAsync();
        await trio.Servers[1].KillAsync();
        await trio.Servers[2].KillAsync();
        await using var cluster = new RunningCluster();

        var server = await cluster.AddAsync(trio.Servers[0].Url);
        await server.Process.WaitForLineAsync("no connection to the cluster", TimeSpan.FromMinutes(1));
        await trio.Servers[1].StartAgainAsync();
        await trio.Servers[2].StartAgainAsync();

        await server.Process.WaitForLineAsync("joined the cluster", TimeSpan.FromMinutes(1));
    }

    private static Task CreateStreamInMemoryAsync(RunningNats nats) => NatsRequest.CreateStreamAsync(
        nats.Port,
        "P2PSHARE_home",
        """
        "subjects":["p2pshare.home.>"],"max_msgs_per_subject":1,"storage":"memory","num_replicas":1
        """);

    // Requests of every server, again and again: each has to be answered, and with an owner.
    private sealed class Asking : IAsyncDisposable
    {
        private readonly CancellationTokenSource _ending = new();
        private readonly Task _task;

        public Asking(IEnumerable<RunningServer> servers, params string[] names) =>
            _task = Task.WhenAll(servers.Select(server => Task.Run(() => AskAsync(server, names))));

        public async Task EndAsync()
        {
            await _ending.CancelAsync();
            await _task;
        }

        public async ValueTask DisposeAsync()
        {
            await _ending.CancelAsync();
            await _task.ContinueWith(_ => { }, TaskScheduler.Default);
            _ending.Dispose();
        }

        private async Task AskAsync(RunningServer server, string[] names)
        {
            using var session = await IndexSession.ConnectAsync(server);
            using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
            for (var count = 0; !_ending.IsCancellationRequested; count++)
            {
                (await session.AskAsync($"REQUEST {names[count % names.Length]}")).Should().Equal("FOUND 127.0.0.1 9001");
                await pause.WaitForNextTickAsync();
            }
        }
    }
}
