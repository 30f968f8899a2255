using System.Text;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Transport;
using P2PShare.Testing;

namespace P2PShare.Protocol.Tests.Transport;

/// <summary>Plain programs that send messages without line ends (PROTOCOL.md, section 2).</summary>
public sealed class LineChannelUnendedTests : IAsyncLifetime
{
    private const string First = "PROTO_VERSION 1.0";
    private const int Limit = 30_000;

    private readonly StreamPair _pair = new();
    private readonly ManualTimeProvider _time = new();
    private readonly LineChannel _channel;

    public LineChannelUnendedTests() => _channel = new LineChannel(_pair.Near);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _channel.DisposeAsync();

    [Fact(Timeout = Limit)]
    public async Task A_complete_first_message_ends_after_200_ms_of_silence()
    {
        await SendAsync(First);
        var reading = ReadFirstAsync();
        await WaitForSilenceTimerAsync();

        _time.Advance(TimeSpan.FromMilliseconds(199));
        _time.ArmedTimers.Should().Be(1);
        reading.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));

        (await reading).Should().Be(First);
    }

    [Fact(Timeout = Limit)]
    public async Task After_an_unended_first_message_each_receive_ends_a_message()
    {
        await PassFirstMessageAsync();

        await SendAsync("REGISTER yigido");
        (await ReadAsync()).Should().Be("REGISTER yigido");
        await SendAsync("REQUEST a\nREQUEST b\r\nLIST_FILES");
        (await ReadAsync()).Should().Be("REQUEST a");
        (await ReadAsync()).Should().Be("REQUEST b");
        (await ReadAsync()).Should().Be("LIST_FILES");
    }

    [Theory(Timeout = Limit)]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task A_late_line_end_belongs_to_the_first_message_and_the_conversation_continues_in_lines(string lateEnd)
    {
        var late = lateEnd + "REGISTER yigido\nLIST_FILES\n";
        for (var cut = 1; cut < late.Length; cut++)
        {
            using var pair = new StreamPair();
            await using var channel = new LineChannel(new SlicedStream(pair.Near, [First.Length, cut]));
            await PassFirstMessageAsync(channel, pair.Far);

            await SendAsync(late, pair.Far);

            (await ReadAsync(channel)).Should().Be("REGISTER yigido", "the receive after the silence brought {0} bytes", cut);
            (await ReadAsync(channel)).Should().Be("LIST_FILES", "the receive after the silence brought {0} bytes", cut);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_late_line_end_of_a_later_message_is_an_empty_message()
    {
        await PassFirstMessageAsync();

        await SendAsync("LIST_FILES");
        (await ReadAsync()).Should().Be("LIST_FILES");
        await SendAsync("\n");

        (await ReadAsync()).Should().BeEmpty();
    }

    [Fact(Timeout = Limit)]
    public async Task A_first_message_that_ends_within_200_ms_is_a_line()
    {
        await SendAsync(First);
        var reading = ReadFirstAsync();
        await WaitForSilenceTimerAsync();
        await SendAsync("\nLIST_");

        (await reading).Should().Be(First);
        var next = ReadAsync();
        await SendAsync("FILES\n");
        (await next).Should().Be("LIST_FILES");
    }

    [Fact(Timeout = Limit)]
    public async Task A_first_message_with_a_line_end_is_not_delayed()
    {
        await SendAsync(First + "\n");

        (await ReadFirstAsync()).Should().Be(First);
        _time.ArmedTimers.Should().Be(0);
    }

    [Fact(Timeout = Limit)]
    public async Task An_incomplete_first_message_waits_for_its_line_end_without_a_timer()
    {
        await SendAsync("PROTO_VERSION 1.");
        var reading = ReadFirstAsync();

        // The stream returns its bytes at once, so the reader already waits for more, without a timer.
        _time.ArmedTimers.Should().Be(0);

        await SendAsync("00\n");

        (await reading).Should().Be("PROTO_VERSION 1.00");
    }

    [Fact(Timeout = Limit)]
    public async Task Bytes_within_200_ms_may_make_it_another_message()
    {
        await SendAsync(First);
        var reading = ReadFirstAsync();
        await WaitForSilenceTimerAsync();
        await SendAsync("0");
        await Eventually.True(() => _time.ArmedTimers == 0, "the second receive");

        await SendAsync("\n");

        (await reading).Should().Be("PROTO_VERSION 1.00");
    }

    [Theory(Timeout = Limit)]
    [InlineData(First, First)]
    [InlineData("PROTO_VERSION 1.", null)]
    [InlineData("", null)]
    public async Task The_end_of_the_stream_ends_a_complete_first_message_and_no_other(string sent, string? message)
    {
        await SendAsync(sent);
        _pair.Far.CloseOutput();

        (await ReadFirstAsync()).Should().Be(message);
        (await ReadAsync()).Should().BeNull();
    }

    [Theory(Timeout = Limit)]
    [InlineData(4096, true)]
    [InlineData(4097, false)]
    [InlineData(16_000, false)]
    public async Task A_message_without_a_line_end_has_at_most_4096_bytes(int length, bool isAccepted)
    {
        await PassFirstMessageAsync();

        await SendAsync(new string('a', length));

        if (isAccepted)
            (await ReadAsync()).Should().HaveLength(length);
        else
            await FluentActions.Awaiting(ReadAsync).Should().ThrowAsync<LineTooLongException>();
    }

    [Fact(Timeout = Limit)]
    public async Task A_read_that_is_cancelled_during_the_silence_consumes_nothing()
    {
        await SendAsync(First);
        using var cancel = new CancellationTokenSource();
        var reading = ReadFirstAsync(cancel.Token);
        await WaitForSilenceTimerAsync();
        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => reading).Should().ThrowAsync<OperationCanceledException>();

        await SendAsync("\n");

        (await ReadFirstAsync()).Should().Be(First);
    }

    private Task PassFirstMessageAsync() => PassFirstMessageAsync(_channel, _pair.Far);

    private async Task PassFirstMessageAsync(LineChannel channel, Stream far)
    {
        await SendAsync(First, far);
        var reading = ReadFirstAsync(channel);
        await WaitForSilenceTimerAsync();
        _time.Advance(Limits.UnendedMessageSilence);
        (await reading).Should().Be(First);
    }

    private Task WaitForSilenceTimerAsync() => Eventually.True(() => _time.ArmedTimers > 0, "the timer of the silence");

    private Task SendAsync(string text) => SendAsync(text, _pair.Far);

    private static async Task SendAsync(string text, Stream far) => await far.WriteAsync(Encoding.UTF8.GetBytes(text));

    private Task<string?> ReadFirstAsync(CancellationToken cancellation = default) => ReadFirstAsync(_channel, cancellation);

    private async Task<string?> ReadFirstAsync(LineChannel channel, CancellationToken cancellation = default) =>
        Text(await channel.ReadFirstLineAsync(line => line.Span.SequenceEqual(ProtoVersion.WholeLine), _time, cancellation));

    private Task<string?> ReadAsync() => ReadAsync(_channel);

    private static async Task<string?> ReadAsync(LineChannel channel) => Text(await channel.ReadLineAsync(CancellationToken.None));

    private static string? Text(ReadOnlyMemory<byte>? line) => line is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
}
