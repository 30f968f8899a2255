using P2PShare.Peer.Index;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Transport;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Index;

/// <summary>The first words between client and server (PROTOCOL.md, section 4), with servers of every manner.</summary>
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
    public async Task Any_first_reply_but_VERSION_FAIL_is_a_yes_and_only_VERSION_OK_names_features(string reply, object features)
    {
        foreach (var bytesPerRead in new[] { 1, 3, int.MaxValue })
        {
            using var server = new PlayedServer(bytesPerRead);
            var opening = server.OpenAsync(_time);
            await server.ExpectAsync("PROTO_VERSION 1.0");
            await server.SayAsync(reply);
            await server.ExpectAsync("REGISTER yigido");
            await server.SayAsync("REGISTER_OK\n");

            await using var index = await opening;

            index.Features.Should().Be((Features)features);
        }
    }

    [Theory]
    [InlineData("VERSION_FAIL\n")]
    [InlineData("VERSION_FAIL\r\n")]
    [InlineData("VERSION_FAIL 2.0 only\n")]
    public async Task VERSION_FAIL_is_a_no(string reply)
    {
        using var server = new PlayedServer(bytesPerRead: 1);
        var opening = server.OpenAsync(_time);
        await server.ExpectAsync("PROTO_VERSION 1.0");

        await server.SayAsync(reply);

        await opening.Invoking(task => task).Should().ThrowAsync<VersionRefusedException>();
        (await server.HearAsync()).Should().BeNull("the client has closed");
    }

    [Theory]
    [InlineData("VERSION_OK", true)]
    [InlineData("OK", true)]
    [InlineData("VERSION_FAIL", false)]
    public async Task A_first_reply_without_a_line_end_is_taken_after_200_ms_of_silence(string reply, bool isYes)
    {
        using var server = new PlayedServer();
        var opening = server.OpenAsync(_time);
        await server.ExpectAsync("PROTO_VERSION 1.0");
        await server.SayAsync(reply);
        await TimersAsync(2);

        _time.Advance(Limits.UnendedMessageSilence - TimeSpan.FromMilliseconds(1));
        (await server.OverhearAsync()).Should().BeNull("the rest of the reply may be on its way");
        _time.Advance(TimeSpan.FromMilliseconds(1));

        if (!isYes)
        {
            await opening.Invoking(task => task).Should().ThrowAsync<VersionRefusedException>();
            return;
        }

        await server.ExpectAsync("REGISTER yigido");
        await server.SayAsync("REGISTER_OK");
        await using var index = await opening;
        var request = index.RequestAsync(PlayedServer.File("a"), default);
        await server.ExpectAsync("REQUEST a");
        await server.SayAsync("FOUND 10.0.0.1 9001");
        (await request)!.Value.ToString().Should().Be("10.0.0.1:9001", "such a server ends no line later either");
    }

    [Fact]
    public async Task A_server_that_closes_is_away()
    {
        using var server = new PlayedServer();
        var opening = server.OpenAsync(_time);
        await server.ExpectAsync("PROTO_VERSION 1.0");

        server.Close();

        await opening.Invoking(task => task).Should().ThrowAsync<ServerAwayException>();
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_after_10_s()
    {
        using var server = new PlayedServer();
        var opening = server.OpenAsync(_time);
        await server.ExpectAsync("PROTO_VERSION 1.0");

        _time.Advance(Limits.HandshakeTimeout);

        await opening.Invoking(task => task).Should().ThrowAsync<ServerSilentException>();
    }

    [Fact]
    public async Task A_server_whose_first_line_has_no_end_is_refused()
    {
        using var server = new PlayedServer();
        var opening = server.OpenAsync(_time);
        await server.ExpectAsync("PROTO_VERSION 1.0");

        var saying = server.SayForEverAsync(new string('A', 1000));

        await opening.Invoking(task => task).Should().ThrowAsync<LineTooLongException>();
        await saying;
    }

    [Fact]
    public async Task A_full_server_is_told_from_one_that_says_yes()
    {
        using var server = new PlayedServer();
        var opening = server.OpenAsync(_time);
        await server.ExpectAsync("PROTO_VERSION 1.0");

        await server.SayAsync("BUSY 30\n");

        (await opening.Invoking(task => task).Should().ThrowAsync<ServerBusyException>()).Which.Pause.Should().Be(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("VERSION_OK")]
    [InlineData("VERSION_OK SWARM")]
    public async Task A_refused_user_name_is_told_with_its_reason(string version)
    {
        using var server = new PlayedServer(bytesPerRead: 1);
        var opening = server.OpenAsync(_time);
        await server.ExpectAsync("PROTO_VERSION 1.0");
        await server.SayAsync(version + "\n");
        await server.ExpectAsync("REGISTER yigido");

        await server.SayAsync("a stray line\nREGISTER_FAIL taken\n");

        (await opening.Invoking(task => task).Should().ThrowAsync<UserRefusedException>()).Which.Reason.Should().Be("taken");
    }

    [Fact]
    public async Task A_plain_server_s_silence_to_REGISTER_is_a_yes_after_1_s_and_stray_lines_do_not_prolong_it()
    {
        using var server = new PlayedServer();
        var opening = server.OpenAsync(_time);
        await server.ExpectAsync("PROTO_VERSION 1.0");
        await server.SayAsync("VERSION_OK\n");
        await server.ExpectAsync("REGISTER yigido");
        for (var line = 0; line < 4; line++)
        {
            await TimersAsync(1);
            _time.Advance(IndexLimits.PlainReplyTimeout / 4 - TimeSpan.FromTicks(1));
            opening.IsCompleted.Should().BeFalse();
            await server.SayAsync("stray\n");
        }

        await Eventually.True(() =>
        {
            _time.Advance(TimeSpan.FromTicks(1));
            return opening.IsCompleted;
        }, "the second to be over");

        await using var index = await opening;
        (_time.GetTimestamp() - IndexLimits.PlainReplyTimeout.Ticks).Should().BeLessThan(TimeSpan.FromMilliseconds(500).Ticks);
    }

    [Fact]
    public async Task A_server_with_features_owes_an_answer_to_REGISTER()
    {
        using var server = new PlayedServer();
        var opening = server.OpenAsync(_time);
        await server.ExpectAsync("PROTO_VERSION 1.0");
        await server.SayAsync("VERSION_OK SWARM\n");
        await server.ExpectAsync("REGISTER yigido");
        await TimersAsync(1);

        _time.Advance(IndexLimits.PlainReplyTimeout);
        opening.IsCompleted.Should().BeFalse();
        _time.Advance(IndexLimits.ServerSilence);

        await opening.Invoking(task => task).Should().ThrowAsync<ServerSilentException>();
    }

    [Fact]
    public async Task The_user_may_stop_waiting()
    {
        using var server = new PlayedServer();
        using var impatience = new CancellationTokenSource();
        var opening = server.OpenAsync(_time, impatience.Token);
        await server.ExpectAsync("PROTO_VERSION 1.0");

        await impatience.CancelAsync();

        await opening.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    private Task TimersAsync(int count) => Eventually.True(() => _time.ArmedTimers == count, $"{count} timers to be set");
}
