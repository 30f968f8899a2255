using System.Net;
using P2PShare.Peer.Index;
using P2PShare.Peer.Index.Servers;
using P2PShare.Testing;
using Serilog;

namespace P2PShare.Peer.Tests.Index.Servers;

/// <summary>When a server is asked where the others are, and what becomes of its answer.</summary>
public sealed class ServerDiscoveryTests : IAsyncLifetime
{
    private const string Version = "VERSION_OK SWARM SERVERS";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly ManualTimeProvider _time = new();
    private readonly RecordedLog _events = new();
    private readonly Queue<ScriptedServer> _servers = [];
    private readonly List<string> _tried = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly IndexClient _index;
    private readonly ServerFailover _failover;
    private readonly ServerDiscovery _discovery;
    private Task _running = Task.CompletedTask;

    public ServerDiscoveryTests()
    {
        var log = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(_events).CreateLogger();
        _failover = new ServerFailover([new DnsEndPoint("a.org", 8080)], OpenAsync, log);
        _index = new IndexClient(_failover.OpenAsync, _time, new Random(1), log);
        _discovery = new ServerDiscovery(_index, _failover, _time, log);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(Deadline);
        await _index.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_server_that_names_SERVERS_is_asked_at_once_and_every_minute_after_that()
    {
        using var server = await StartAsync(Version);
        await AnswerAsync(server, "SERVER b.org:8080 -\nSERVERS_END\n");

        for (var minute = 0; minute < 3; minute++)
        {
            await LearnedAsync(minute + 1);
            _time.Advance(TimeSpan.FromSeconds(60) - Step);
            (await server.ReceivePendingAsync()).Should().BeNull("a minute has not passed");
            _time.Advance(Step);
            await AnswerAsync(server, "SERVERS_END\n");
        }
    }

    [Fact]
    public async Task A_server_that_does_not_name_SERVERS_is_asked_nothing()
    {
        using var server = await StartAsync("VERSION_OK SWARM");

        for (var minute = 0; minute < 3; minute++)
        {
            await WaitsAsync();
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        await WaitsAsync();
        (await server.ReceivePendingAsync()).Should().BeNull();
    }

    [Fact]
    public async Task A_client_that_lost_its_server_moves_to_one_that_it_learned_and_asks_there_at_once()
    {
        using var first = await StartAsync(Version);
        await AnswerAsync(first, "SERVER b.org:8080 -\nSERVERS_END\n");
        await LearnedAsync(1);
        using var second = new ScriptedServer();

        await MoveAsync(first, second);
        await AnswerAsync(second, "SERVER a.org:8080 -\nSERVER c.org:8080 -\nSERVERS_END\n");
        await LearnedAsync(2);

        _failover.CurrentName.Should().Be("b.org:8080");
        _tried.Should().Equal("a.org:8080", "a.org:8080", "b.org:8080");
    }

    [Fact]
    public async Task An_answer_of_ERROR_leaves_what_was_learned_and_the_server_is_asked_again()
    {
        using var server = await StartAsync(Version);
        await AnswerAsync(server, "SERVER b.org:8080 -\nSERVERS_END\n");
        await LearnedAsync(1);
        _time.Advance(TimeSpan.FromMinutes(1));
        await AnswerAsync(server, "ERROR not now\n");
        await Eventually.True(() => _events.Lines.Any(line => line.Contains("not now", StringComparison.Ordinal)), "the ERROR to be read");
        using var second = new ScriptedServer();

        await MoveAsync(server, second);

        _tried.Should().Equal("a.org:8080", "a.org:8080", "b.org:8080");
        await second.ExpectAsync("SERVERS");
    }

    private async Task LearnedAsync(int times)
    {
        await Eventually.True(
            () => _events.Lines.Count(line => line.Contains("named", StringComparison.Ordinal)) == times, "the answer to be read");
        await WaitsAsync();
    }

    // The client for the loss of its connection, and the discovery for its next question.
    private Task WaitsAsync() => Eventually.True(() => _time.ArmedTimers == 2, "two waits to begin");

    private static async Task AnswerAsync(ScriptedServer server, string answer)
    {
        await server.ExpectAsync("SERVERS");
        await server.SendAsync(answer);
    }

    private async Task<ScriptedServer> StartAsync(string version)
    {
        var server = new ScriptedServer();
        _servers.Enqueue(server);
        var connecting = _index.ConnectAsync(default);
        await server.AcceptHandshakeAsync(version);
        await connecting.WaitAsync(Deadline);
        _running = _discovery.RunAsync(_stop.Token);
        return server;
    }

    // The first server ends, and only what it named answers.
    private async Task MoveAsync(ScriptedServer from, ScriptedServer to)
    {
        _servers.Enqueue(to);
        from.Close();
        var accepting = to.AcceptHandshakeAsync(Version);
        await _time.AdvanceUntilEndedAsync(accepting, () => Step);
        await accepting;
    }

    // a.org accepts the first connection and no later one.
    private Task<IndexConnection> OpenAsync(ServerCandidate server, CancellationToken cancellation)
    {
        _tried.Add(server.Name);
        return (_tried.Count == 1 || server.IsLearned) && _servers.TryDequeue(out var scripted)
            ? scripted.OpenAsync(_time, cancellation)
            : throw new IOException("nobody answers");
    }
}
