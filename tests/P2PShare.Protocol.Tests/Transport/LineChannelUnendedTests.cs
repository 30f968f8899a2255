using System.Text;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Transport;
using P2PShare.Testing;

namespace P2PShare.Protocol.Tests.Transport;

/// <summary>Plain programs that end no message (PROTOCOL.md, section 2).</summary>
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
    public async Task A_first_message_that_is_whole_counts_as_ended_after_200_ms_of_silence()
    {
        await SendAsync(First);
        var reading = ReadFirstAsync();
        await SilenceIsWatchedAsync();

        _time.Advance(TimeSpan.FromMilliseconds(199));
        _time.ArmedTimers.Should().Be(1);
        reading.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));

        (await reading).Should().Be(First);
    }

    [Fact(Timeout = Limit)]
    public async Task From_then_on_a_message_is_what_one_receive_brings()
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
    public async Task A_line_end_that_comes_late_belongs_to_the_first_message_and_lines_go_on(string lateEnd)
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
    public async Task Only_the_first_line_end_can_be_late()
    {
        await PassFirstMessageAsync();

        await SendAsync("LIST_FILES");
        (await ReadAsync()).Should().Be("LIST_FILES");
        await SendAsync("\n");

        (await ReadAsync()).Should().BeEmpty();
    }

    [Fact(Timeout = Limit)]
    public async Task A_message_that_ends_in_time_is_a_line_like_any_other()
    {
        await SendAsync(First);
        var reading = ReadFirstAsync();
        await SilenceIsWatchedAsync();
        await SendAsync("\nLIST_");

        (await reading).Should().Be(First);
        var next = ReadAsync();
        await SendAsync("FILES\n");
        (await next).Should().Be("LIST_FILES");
    }

    [Fact(Timeout = Limit)]
    public async Task A_line_that_is_ended_is_not_held_up()
    {
        await SendAsync(First + "\n");

        (await ReadFirstAsync()).Should().Be(First);
        _time.ArmedTimers.Should().Be(0);
    }

    [Fact(Timeout = Limit)]
    public async Task A_first_message_that_is_not_whole_waits_for_its_end_however_long_the_silence()
    {
        await SendAsync("PROTO_VERSION 1.");
        var reading = ReadFirstAsync();

        // The stream gives what is there at once, so that the reader already waits for more: without an eye on the clock.
        _time.ArmedTimers.Should().Be(0);

        await SendAsync("00\n");

        (await reading).Should().Be("PROTO_VERSION 1.00");
    }

    [Fact(Timeout = Limit)]
    public async Task What_follows_in_time_may_make_it_another_message()
    {
        await SendAsync(First);
        var reading = ReadFirstAsync();
        await SilenceIsWatchedAsync();
        await SendAsync("0");
        await Eventually.True(() => _time.ArmedTimers == 0, "the receive of the tenth of a version");

        await SendAsync("\n");

        (await reading).Should().Be("PROTO_VERSION 1.00");
    }

    [Theory(Timeout = Limit)]
    [InlineData(First, First)]
    [InlineData("PROTO_VERSION 1.", null)]
    [InlineData("", null)]
    public async Task The_end_of_the_stream_ends_a_whole_message_and_no_other(string sent, string? message)
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
    public async Task A_message_without_end_has_at_most_4096_bytes_too(int length, bool isTaken)
    {
        await PassFirstMessageAsync();

        await SendAsync(new string('a', length));

        if (isTaken)
            (await ReadAsync()).Should().HaveLength(length);
        else
            await FluentActions.Awaiting(ReadAsync).Should().ThrowAsync<LineTooLongException>();
    }

    [Fact(Timeout = Limit)]
    public async Task A_read_that_is_cancelled_in_the_silence_has_ended_nothing()
    {
        await SendAsync(First);
        using var cancel = new CancellationTokenSource();
        var reading = ReadFirstAsync(cancel.Token);
        await SilenceIsWatchedAsync();
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
        await SilenceIsWatchedAsync();
        _time.Advance(Limits.UnendedMessageSilence);
        (await reading).Should().Be(First);
    }

    private Task SilenceIsWatchedAsync() => Eventually.True(() => _time.ArmedTimers > 0, "the silence to be watched");

    private Task SendAsync(string text) => SendAsync(text, _pair.Far);

    private static async Task SendAsync(string text, Stream far) => await far.WriteAsync(Encoding.UTF8.GetBytes(text));

    private Task<string?> ReadFirstAsync(CancellationToken cancellation = default) => ReadFirstAsync(_channel, cancellation);

    private async Task<string?> ReadFirstAsync(LineChannel channel, CancellationToken cancellation = default) =>
        Text(await channel.ReadFirstLineAsync(line => line.Span.SequenceEqual(ProtoVersion.WholeLine), _time, cancellation));

    private Task<string?> ReadAsync() => ReadAsync(_channel);

    private static async Task<string?> ReadAsync(LineChannel channel) => Text(await channel.ReadLineAsync(CancellationToken.None));

    private static string? Text(ReadOnlyMemory<byte>? line) => line is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
}
