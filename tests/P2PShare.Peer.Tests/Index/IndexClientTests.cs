using System.Net.Sockets;
using P2PShare.Peer.Index;
using P2PShare.Protocol.Grammar;
using P2PShare.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace P2PShare.Peer.Tests.Index;

/// <summary>The server as the rest of the client sees it: there, away, and back.</summary>
public sealed class IndexClientTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly Queue<Func<CancellationToken, Task<IndexConnection>>> _openings = [];
    private readonly List<long> _attempts = [];
    private readonly LogLines _logged = new();
    private readonly IndexClient _client;

    public IndexClientTests()
    {
        var log = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(_logged).CreateLogger();
        _client = new IndexClient(OpenAsync, _time, new Random(1), log);
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task A_connection_that_is_lost_is_made_again_and_everything_is_shared_anew_before_commands_go_on()
    {
        using var first = await ConnectAsync("VERSION_OK");
        using var second = Expect();
        var (lost, restored) = (NewSignal(), NewSignal());
        _client.Lost += lost.SetResult;
        _client.Restored += restored.SetResult;
        _client.OnRestored = (connection, cancellation) => connection.CommandAsync(new Announce(PlayedServer.File("a"), 9001), cancellation);

        first.Close();
        await lost.Task;
        await PassFirstPauseAsync();
        var request = _client.RequestAsync(PlayedServer.File("b"), default);
        await second.WelcomeAsync("VERSION_OK SWARM");
        await second.ExpectAsync("ANNOUNCE a 9001");
        (await second.OverhearAsync()).Should().BeNull("the server is first told what is shared");
        await second.SayAsync("ANNOUNCE_OK\n");
        await second.ExpectAsync("REQUEST b");
        await second.SayAsync("FOUND 10.0.0.1 1\n");

        (await request)!.Value.ToString().Should().Be("10.0.0.1:1");
        await restored.Task;
        _client.Features.Should().Be(Features.Swarm, "the server that came back is another one");
    }

    [Fact]
    public async Task The_pauses_between_attempts_double_up_to_30_s_and_vary_downwards()
    {
        using var first = await ConnectAsync("VERSION_OK");
        for (var attempt = 0; attempt < 10; attempt++)
            _openings.Enqueue(_ => throw new SocketException((int)SocketError.ConnectionRefused));

        first.Close();
        await AdvanceUntilAsync(() => _attempts.Count == 11);

        // The first, of half a second, begins at a moment that only the client knows.
        var pauses = _attempts.Skip(1).Zip(_attempts.Skip(2), (from, to) => TimeSpan.FromTicks(to - from)).ToList();
        for (var i = 0; i < pauses.Count; i++)
        {
            var longest = TimeSpan.FromSeconds(Math.Min(30, Math.Pow(2, i)));
            pauses[i].Should().BeGreaterThanOrEqualTo(longest / 2).And.BeLessThanOrEqualTo(longest + Step);
        }
    }

    [Fact]
    public async Task A_server_that_breaks_off_while_everything_is_shared_anew_is_tried_again()
    {
        using var first = await ConnectAsync("VERSION_OK");
        using var second = Expect();
        using var third = Expect();
        _client.OnRestored = (connection, cancellation) => connection.CommandAsync(new Announce(PlayedServer.File("a"), 9001), cancellation);

        first.Close();
        await PassFirstPauseAsync();
        await second.WelcomeAsync("VERSION_OK");
        await second.ExpectAsync("ANNOUNCE a 9001");
        second.Close();
        await AdvanceUntilAsync(() => _attempts.Count == 3);
        await third.WelcomeAsync("VERSION_OK");

        await third.ExpectAsync("ANNOUNCE a 9001");
    }

    [Fact]
    public async Task A_command_fails_when_the_server_has_been_away_for_5_s()
    {
        using var first = await ConnectAsync("VERSION_OK");
        _openings.Enqueue(cancellation => Task.Delay(Timeout.Infinite, cancellation).ContinueWith<IndexConnection>(_ => throw new OperationCanceledException(), TaskScheduler.Default));
        var lost = NewSignal();
        _client.Lost += lost.SetResult;
        first.Close();
        await lost.Task;
        await PassFirstPauseAsync();

        var request = _client.RequestAsync(PlayedServer.File("a"), default);
        _time.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        request.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromTicks(1));

        await request.Invoking(task => task).Should().ThrowAsync<ServerAwayException>();
    }

    [Fact]
    public async Task A_command_that_is_under_way_when_the_server_goes_fails_at_once()
    {
        using var first = await ConnectAsync("VERSION_OK");
        var request = _client.RequestAsync(PlayedServer.File("a"), default);
        await first.ExpectAsync("REQUEST a");

        first.Close();

        await request.Invoking(task => task).Should().ThrowAsync<ServerAwayException>();
    }

    [Fact]
    public async Task A_full_server_is_left_alone_for_as_long_as_it_asks()
    {
        using var first = await ConnectAsync("VERSION_OK");
        _openings.Enqueue(_ => throw new ServerBusyException(30));
        using var third = Expect();

        first.Close();
        await AdvanceUntilAsync(() => _attempts.Count == 3);

        TimeSpan.FromTicks(_attempts[2] - _attempts[1]).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_server_that_named_PING_is_asked_in_its_silence_and_lost_where_it_says_nothing()
    {
        using var first = await ConnectAsync("VERSION_OK SWARM PING");
        var lost = NewSignal();
        _client.Lost += lost.SetResult;

        await PassSilenceAsync();
        await first.ExpectAsync("PING");
        await first.SayAsync("PONG\n");

        // It comes after the PING, and goes on only when that is answered.
        var request = _client.RequestAsync(PlayedServer.File("a"), default);
        await first.ExpectAsync("REQUEST a");
        await first.SayAsync("NOT_FOUND\n");
        await request;
        await PassSilenceAsync();
        await first.ExpectAsync("PING");
        await TimersAsync(1);
        lost.Task.IsCompleted.Should().BeFalse();
        _time.Advance(IndexLimits.PongPatience);

        await lost.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_server_that_did_not_name_PING_is_never_asked()
    {
        using var first = await ConnectAsync("VERSION_OK SWARM");

        await PassSilenceAsync();
        await PassSilenceAsync();
        await TimersAsync(1);

        (await first.OverhearAsync()).Should().BeNull();
    }

    [Fact]
    public async Task A_stranger_s_reason_is_harmless_in_the_log()
    {
        using var first = await ConnectAsync("VERSION_OK");
        _openings.Enqueue(_ => throw new UserRefusedException("no\r2026-01-01 [INF] all is well \u001b[2J"));

        first.Close();
        await AdvanceUntilAsync(() => _attempts.Count == 2 && _logged.Lines.Any(line => line.Contains("all is well", StringComparison.Ordinal)));

        _logged.Lines.Should().NotContain(line => line.Any(char.IsControl));
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TimeSpan Step => TimeSpan.FromMilliseconds(50);

    private async Task<PlayedServer> ConnectAsync(string version)
    {
        var server = Expect();
        var connecting = _client.ConnectAsync(default);
        await server.WelcomeAsync(version);
        await connecting;
        return server;
    }

    // The next attempt to connect comes to this server.
    private PlayedServer Expect()
    {
        var server = new PlayedServer();
        _openings.Enqueue(cancellation => server.OpenAsync(_time, cancellation));
        return server;
    }

    private Task<IndexConnection> OpenAsync(CancellationToken cancellation)
    {
        _attempts.Add(_time.GetTimestamp());
        return _openings.TryDequeue(out var open) ? open(cancellation) : throw new SocketException((int)SocketError.ConnectionRefused);
    }

    private Task PassFirstPauseAsync() => AdvanceUntilAsync(() => _attempts.Count == 2);

    // Not while the next pause is still to begin.
    private Task AdvanceUntilAsync(Func<bool> condition) => Eventually.True(() =>
    {
        while (_time.ArmedTimers > 0 && !condition())
            _time.Advance(Step);
        return condition();
    }, "the next attempts");

    private async Task PassSilenceAsync()
    {
        await TimersAsync(1);
        _time.Advance(IndexLimits.PingAfter);
    }

    private Task TimersAsync(int count) => Eventually.True(() => _time.ArmedTimers == count, $"{count} timers to be set");

    private sealed class LogLines : ILogEventSink
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines)
                    return [.. _lines];
            }
        }

        public void Emit(LogEvent logEvent)
        {
            lock (_lines)
                _lines.Add(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
