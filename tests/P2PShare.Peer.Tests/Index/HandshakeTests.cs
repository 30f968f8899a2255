using P2PShare.Peer.Index;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Transport;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Index;

/// <summary>The client's side of the handshake (PROTOCOL.md, section 4), with conforming, plain and broken servers.</summary>
public sealed class HandshakeTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("VERSION_OK\n", Features.None)]
    [InlineData("VERSION_OK SWARM SEARCH\n", Features.Swarm | Features.Search)]
    [InlineData("VERSION_OK SWARM\r\n", Features.Swarm)]
    [InlineData("VERSION_OK TELEPATHY SWARM  swarm SWARMS\n", Features.Swarm)]
    [InlineData("MERHABA SWARM\n", Features.None)]
    [InlineData("VERSION_OKAY SWARM\n", Features.None)]
    [InlineData("version_fail\n", Features.None)]
    [InlineData("VERSION_FAILURE\n", Features.None)]
    [InlineData("ERROR what?\n", Features.None)]
    [InlineData("\n", Features.None)]
    public async Task Any_first_reply_but_VERSION_FAIL_is_accepted_and_only_VERSION_OK_names_features(string reply, object features)
    {
        foreach (var bytesPerRead in new[] { 1, 3, int.MaxValue })
        {
            using var server = new ScriptedServer(bytesPerRead);
            var opening = server.OpenAsync(_time);
            await server.ExpectAsync("PROTO_VERSION 1.0");
            await server.SendAsync(reply);
            await server.ExpectAsync("REGISTER yigido");
            await server.SendAsync("REGISTER_OK\n");

            await using var index = await opening;

            index.Features.Should().Be((Features)features);
        }
    }

    [Theory]
    [InlineData("VERSION_FAIL\n")]
    [InlineData("VERSION_FAIL\r\n")]
    [InlineData("VERSION_FAIL 2.0 only\n")]
    public async Task VERSION_FAIL_is_a_refusal(string reply)
    {
        using var server = new ScriptedServer(bytesPerRead: 1);
        var opening = server.OpenAsync(_time);
        await server.ExpectAsync("PROTO_VERSION 1.0");

        await server.SendAsync(reply);

        await opening.Invoking(task => task).Should().ThrowAsync<VersionRefusedException>();
        (await server.ReceiveAsync()).Should().BeNull("the client has closed");
    }

    [Theory]
    [InlineData("VERSION_OK", true)]
    [InlineData("OK", true)]
    [InlineData("VERSION_FAIL", false)]
    public async Task First_reply_without_a_line_end_is_complete_after_200_ms_of_silence(string reply, bool isAccepted)
    {
        using var server = new ScriptedServer();
        var opening = server.OpenAsync(_time);
        await server.ExpectAsync("PROTO_VERSION 1.0");
        await server.SendAsync(reply);
        await TimersAsync(2);

        _time.Advance(Limits.UnendedMessageSilence - TimeSpan.FromMilliseconds(1));
        (await server.ReceivePendingAsync()).Should().BeNull("the rest of the reply may be on its way");
        _time.Advance(TimeSpan.FromMilliseconds(1));

        if (!isAccepted)
        {
            await opening.Invoking(task => task).Should().ThrowAsync<VersionRefusedException>();
            return;
        }

        await server.ExpectAsync("REGISTER yigido");
        await server.SendAsync("REGISTER_OK");
        await using var index = await opening;
        var request = index.RequestAsync(ScriptedServer.File("a"), default);
        await server.ExpectAsync("REQUEST a");
        await server.SendAsync("FOUND 10.0.0.1 9001");
        (await request)!.Value.ToString().Should().Be("10.0.0.1:9001", "such a server does not end later lines either");
    }

    [Fact]
    public async Task Server_that_closes_during_the_handshake_is_unavailable()
    {
        using var server = new ScriptedServer();
        var opening = server.OpenAsync(_time);
        await server.ExpectAsync("PROTO_VERSION 1.0");

        server.Close();

        await opening.Invoking(task => task).Should().ThrowAsync<ServerUnavailableException>();
    }

    [Fact]
    public async Task Silent_server_times_out_after_10_s()
    {
        using var server = new ScriptedServer();
        var opening = server.OpenAsync(_time);
        await server.ExpectAsync("PROTO_VERSION 1.0");

        _time.Advance(Limits.HandshakeTimeout);

        await opening.Invoking(task => task).Should().ThrowAsync<ServerTimeoutException>();
    }

    [Fact]
    public async Task First_line_without_a_bound_is_an_error()
    {
        using var server = new ScriptedServer();
        var opening = server.OpenAsync(_time);
        await server.ExpectAsync("PROTO_VERSION 1.0");

        var sending = server.SendUntilClosedAsync(new string('A', 1000));

        await opening.Invoking(task => task).Should().ThrowAsync<LineTooLongException>();
        await sending;
    }

    [Fact]
    public async Task BUSY_is_reported_with_its_pause()
    {
        using var server = new ScriptedServer();
        var opening = server.OpenAsync(_time);
        await server.ExpectAsync("PROTO_VERSION 1.0");

        await server.SendAsync("BUSY 30\n");

        var refusal = await opening.Invoking(task => task).Should().ThrowAsync<ServerBusyException>();
        refusal.Which.RetryAfter.Should().Be(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("VERSION_OK")]
    [InlineData("VERSION_OK SWARM")]
    public async Task Refused_user_name_is_reported_with_its_reason(string version)
    {
        using var server = new ScriptedServer(bytesPerRead: 1);
        var opening = server.OpenAsync(_time);
        await server.ExpectAsync("PROTO_VERSION 1.0");
        await server.SendAsync(version + "\n");
        await server.ExpectAsync("REGISTER yigido");

        await server.SendAsync("a stray line\nREGISTER_FAIL taken\n");

        (await opening.Invoking(task => task).Should().ThrowAsync<UserRefusedException>()).Which.Reason.Should().Be("taken");
    }

    [Fact]
    public async Task Plain_server_that_does_not_answer_REGISTER_has_accepted_it_after_1_s_also_with_stray_lines()
    {
        using var server = new ScriptedServer();
        var opening = server.OpenAsync(_time);
        await server.ExpectAsync("PROTO_VERSION 1.0");
        await server.SendAsync("VERSION_OK\n");
        await server.ExpectAsync("REGISTER yigido");
        for (var line = 0; line < 4; line++)
        {
            await TimersAsync(1);
            _time.Advance(IndexLimits.PlainReplyTimeout / 4 - TimeSpan.FromTicks(1));
            opening.IsCompleted.Should().BeFalse();
            await server.SendAsync("stray\n");
        }

        await Eventually.True(() =>
        {
            _time.Advance(TimeSpan.FromTicks(1));
            return opening.IsCompleted;
        }, "the timeout");

        await using var index = await opening;
        (_time.GetTimestamp() - IndexLimits.PlainReplyTimeout.Ticks).Should().BeLessThan(TimeSpan.FromMilliseconds(500).Ticks);
    }

    [Fact]
    public async Task Server_with_features_that_does_not_answer_REGISTER_times_out()
    {
        using var server = new ScriptedServer();
        var opening = server.OpenAsync(_time);
        await server.ExpectAsync("PROTO_VERSION 1.0");
        await server.SendAsync("VERSION_OK SWARM\n");
        await server.ExpectAsync("REGISTER yigido");
        await TimersAsync(1);

        _time.Advance(IndexLimits.PlainReplyTimeout);
        opening.IsCompleted.Should().BeFalse();
        _time.Advance(IndexLimits.ServerSilence);

        await opening.Invoking(task => task).Should().ThrowAsync<ServerTimeoutException>();
    }

    [Fact]
    public async Task Cancellation_ends_the_handshake()
    {
        using var server = new ScriptedServer();
        using var cancel = new CancellationTokenSource();
        var opening = server.OpenAsync(_time, cancel.Token);
        await server.ExpectAsync("PROTO_VERSION 1.0");

        await cancel.CancelAsync();

        await opening.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    private Task TimersAsync(int count) => Eventually.True(() => _time.ArmedTimers == count, $"{count} timers to be set");
}
