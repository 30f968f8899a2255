using System.Net;
using System.Net.Sockets;
using P2PShare.Peer.Index;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace P2PShare.Peer.Tests.Index;

/// <summary>Loss of the connection to the server, reconnection and PING.</summary>
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
    public async Task Lost_connection_is_made_again_and_state_is_restored_before_commands_go_on()
    {
        using var first = await ConnectAsync("VERSION_OK");
        using var second = Expect();
        var (lost, restored) = (NewCompletion(), NewCompletion());
        _client.Lost += lost.SetResult;
        _client.Restored += restored.SetResult;
        _client.RestoreState = AnnounceAsync;

        first.Close();
        await lost.Task;
        await PassFirstPauseAsync();
        var request = _client.RequestAsync(ScriptedServer.File("b"), default);
        await second.AcceptHandshakeAsync("VERSION_OK SWARM");
        await second.ExpectAsync("ANNOUNCE a 9001");
        (await second.ReceivePendingAsync()).Should().BeNull("RestoreState runs first");
        await second.SendAsync("ANNOUNCE_OK\n");
        await second.ExpectAsync("REQUEST b");
        await second.SendAsync("FOUND 10.0.0.1 1\n");

        (await request)!.Value.ToString().Should().Be("10.0.0.1:1");
        await restored.Task;
        _client.Features.Should().Be(Features.Swarm, "the second server named other features");
    }

    [Fact]
    public async Task Backoff_doubles_up_to_30_s_with_downward_jitter()
    {
        using var first = await ConnectAsync("VERSION_OK");
        for (var attempt = 0; attempt < 10; attempt++)
            _openings.Enqueue(_ => throw new SocketException((int)SocketError.ConnectionRefused));

        first.Close();
        await AdvanceUntilAsync(() => _attempts.Count == 11);

        // Without the first: the test does not know when that pause began.
        var pauses = _attempts.Skip(1).Zip(_attempts.Skip(2), (from, to) => TimeSpan.FromTicks(to - from)).ToList();
        for (var i = 0; i < pauses.Count; i++)
        {
            var longest = TimeSpan.FromSeconds(Math.Min(30, Math.Pow(2, i)));
            pauses[i].Should().BeGreaterThanOrEqualTo(longest / 2).And.BeLessThanOrEqualTo(longest + Step);
        }
    }

    [Fact]
    public async Task Command_ends_a_long_pause_at_once_and_no_other_attempt_comes_within_a_second()
    {
        using var first = await ConnectAsync("VERSION_OK");
        first.Close();
        await AdvanceUntilAsync(() => _attempts.Count == 8);
        await TimersAsync(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await TimersAsync(1);

        var failing = _client.RequestAsync(ScriptedServer.File("a"), default);
        await Eventually.True(() => _attempts.Count == 9, "an attempt for the command");
        await Eventually.True(() => _time.UntilNextTimer == TimeSpan.FromSeconds(1), "the pause after it");
        var failingToo = _client.RequestAsync(ScriptedServer.File("a"), default);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        _attempts.Should().HaveCount(9);
        using var last = Expect();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await last.AcceptHandshakeAsync("VERSION_OK");
        await last.ExpectAsync("REQUEST a");
        await last.SendAsync("NOT_FOUND\n");
        await last.ExpectAsync("REQUEST a");
        await last.SendAsync("NOT_FOUND\n");

        (await failing).Should().BeNull();
        (await failingToo).Should().BeNull();
    }

    [Fact]
    public async Task Owner_is_not_asked_for_where_the_server_did_not_name_WHOIS()
    {
        using var server = await ConnectAsync("VERSION_OK SWARM");

        (await _client.WhoisAsync(PeerAddress.Create(IPAddress.Loopback, 9001), default)).Should().BeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Question_of_a_download_does_not_shorten_the_pause(bool asksWho)
    {
        using var first = await ConnectAsync("VERSION_OK");
        first.Close();
        await AdvanceUntilAsync(() => _attempts.Count == 8);
        await TimersAsync(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await TimersAsync(1);

        Task question = asksWho
            ? _client.WhoisAsync(PeerAddress.Create(IPAddress.Loopback, 9001), default)
            : _client.LocatePeersAsync(default, default);
        _time.Advance(TimeSpan.FromSeconds(5));

        await question.Invoking(task => task).Should().ThrowAsync<ServerUnavailableException>();
        _attempts.Should().HaveCount(8);
    }

    [Fact]
    public async Task Server_that_closes_while_state_is_restored_is_tried_again()
    {
        using var first = await ConnectAsync("VERSION_OK");
        using var second = Expect();
        using var third = Expect();
        _client.RestoreState = AnnounceAsync;

        first.Close();
        await PassFirstPauseAsync();
        await second.AcceptHandshakeAsync("VERSION_OK");
        await second.ExpectAsync("ANNOUNCE a 9001");
        second.Close();
        await AdvanceUntilAsync(() => _attempts.Count == 3);
        await third.AcceptHandshakeAsync("VERSION_OK");

        await third.ExpectAsync("ANNOUNCE a 9001");
    }

    [Fact]
    public async Task Command_fails_after_5_s_without_a_reconnection()
    {
        using var first = await ConnectAsync("VERSION_OK");
        _openings.Enqueue(async cancellation =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            throw new InvalidOperationException("the delay has no end");
        });
        var lost = NewCompletion();
        _client.Lost += lost.SetResult;
        first.Close();
        await lost.Task;
        await PassFirstPauseAsync();

        var request = _client.RequestAsync(ScriptedServer.File("a"), default);
        _time.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        request.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromTicks(1));

        await request.Invoking(task => task).Should().ThrowAsync<ServerUnavailableException>();
    }

    [Fact]
    public async Task Command_that_waits_for_its_reply_fails_at_once_when_the_connection_is_lost()
    {
        using var first = await ConnectAsync("VERSION_OK");
        var request = _client.RequestAsync(ScriptedServer.File("a"), default);
        await first.ExpectAsync("REQUEST a");

        first.Close();

        await request.Invoking(task => task).Should().ThrowAsync<ServerUnavailableException>();
    }

    [Fact]
    public async Task Reconnection_waits_as_long_as_a_full_server_asks()
    {
        using var first = await ConnectAsync("VERSION_OK");
        _openings.Enqueue(_ => throw new ServerBusyException(30));
        using var third = Expect();

        first.Close();
        await AdvanceUntilAsync(() => _attempts.Count == 3);

        TimeSpan.FromTicks(_attempts[2] - _attempts[1]).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Silent_server_is_sent_PING_and_the_connection_is_lost_without_PONG()
    {
        using var first = await ConnectAsync("VERSION_OK SWARM PING");
        var lost = NewCompletion();
        _client.Lost += lost.SetResult;

        await PassSilenceAsync();
        await first.ExpectAsync("PING");
        await first.SendAsync("PONG\n");

        // It is sent only after the reply to PING.
        var request = _client.RequestAsync(ScriptedServer.File("a"), default);
        await first.ExpectAsync("REQUEST a");
        await first.SendAsync("NOT_FOUND\n");
        await request;
        await PassSilenceAsync();
        await first.ExpectAsync("PING");
        await TimersAsync(1);
        lost.Task.IsCompleted.Should().BeFalse();
        _time.Advance(IndexLimits.PongPatience);

        await lost.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Server_that_did_not_name_PING_is_never_sent_one()
    {
        using var first = await ConnectAsync("VERSION_OK SWARM");

        await PassSilenceAsync();
        await PassSilenceAsync();
        await TimersAsync(1);

        (await first.ReceivePendingAsync()).Should().BeNull();
    }

    [Fact]
    public async Task Untrusted_reason_is_escaped_in_the_log()
    {
        using var first = await ConnectAsync("VERSION_OK");
        _openings.Enqueue(_ => throw new UserRefusedException("no\r2026-01-01 [INF] all is well \u001b[2J"));

        first.Close();
        await AdvanceUntilAsync(() =>
            _attempts.Count == 2 && _logged.Lines.Any(line => line.Contains("all is well", StringComparison.Ordinal)));

        _logged.Lines.Should().NotContain(line => line.Any(char.IsControl));
    }

    [Fact]
    public async Task Server_that_is_not_the_one_that_it_was_is_told_once_for_each_loss_and_tried_again()
    {
        using var first = await ConnectAsync("VERSION_OK");
        var told = new List<ServerIdentityException>();
        _client.NotTrusted += told.Add;
        for (var loss = 1; loss <= 2; loss++)
        {
            for (var attempt = 0; attempt < 3; attempt++)
                _openings.Enqueue(_ => throw new EncryptionLostException("127.0.0.1:8080", "clear text"));
            using var last = Expect();
            if (loss == 1)
                first.Close();
            await AdvanceUntilAsync(() => _openings.Count == 0);
            await last.AcceptHandshakeAsync("VERSION_OK");
            await _client.UseAsync(_ => Task.FromResult(true), default);

            told.Should().HaveCount(loss);
            last.Close();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_revoked_member_is_told_once_also_where_it_still_has_the_invitation_that_it_used(bool hasInvitation)
    {
        using var first = await ConnectAsync("VERSION_OK");
        var told = 0;
        _client.NotAMember += () => told++;
        for (var attempt = 0; attempt < 3; attempt++)
            _openings.Enqueue(_ => throw (hasInvitation ? new InvitationRefusedException() : new NotAMemberException()));

        first.Close();
        await AdvanceUntilAsync(() => _openings.Count == 0);
        using var last = Expect();
        await AdvanceUntilAsync(() => _openings.Count == 0);
        await last.AcceptHandshakeAsync("VERSION_OK");
        await _client.UseAsync(_ => Task.FromResult(true), default);

        told.Should().Be(1);
    }

    private static TaskCompletionSource NewCompletion() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static Task AnnounceAsync(IndexConnection connection, CancellationToken cancellation) =>
        connection.CommandAsync(new Announce(ScriptedServer.File("a"), 9001), cancellation);

    private static TimeSpan Step => TimeSpan.FromMilliseconds(50);

    private async Task<ScriptedServer> ConnectAsync(string version)
    {
        var server = Expect();
        var connecting = _client.ConnectAsync(default);
        await server.AcceptHandshakeAsync(version);
        await connecting;
        return server;
    }

    // Accepts the next attempt to connect.
    private ScriptedServer Expect()
    {
        var server = new ScriptedServer();
        _openings.Enqueue(cancellation => server.OpenAsync(_time, cancellation));
        return server;
    }

    private Task<IndexConnection> OpenAsync(CancellationToken cancellation)
    {
        _attempts.Add(_time.GetTimestamp());
        return _openings.TryDequeue(out var open)
            ? open(cancellation)
            : throw new SocketException((int)SocketError.ConnectionRefused);
    }

    private Task PassFirstPauseAsync() => AdvanceUntilAsync(() => _attempts.Count == 2);

    // Advances only while a timer is armed: else the next pause has not begun yet.
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
