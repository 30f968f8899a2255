using System.Text;
using P2PShare.Protocol.Transport;
using P2PShare.Testing;

namespace P2PShare.Protocol.Tests.Transport;

public sealed class LineChannelReadingTests
{
    private const string Conversation = "REQUEST a\r\n\nREQUEST yaz tatili ğüşıöç.txt\n\r\na\rb\r\r\n😀\n";
    private static readonly string[] ConversationLines = ["REQUEST a", "", "REQUEST yaz tatili ğüşıöç.txt", "", "a\rb\r", "😀"];

    // Milliseconds. A read that hangs fails its test and does not block the others.
    private const int Limit = 30_000;

    [Fact]
    public async Task Lines_do_not_depend_on_where_a_receive_ends()
    {
        var bytes = Encoding.UTF8.GetBytes(Conversation);
        for (var cut = 1; cut < bytes.Length; cut++)
            (await ReadAllAsync(bytes, [cut])).Should().Equal(ConversationLines, "the first receive brought {0} bytes", cut);
    }

    [Fact]
    public async Task Lines_do_not_depend_on_the_size_of_receives()
    {
        var bytes = Encoding.UTF8.GetBytes(Conversation);
        for (var size = 1; size <= bytes.Length; size++)
        {
            var lines = await ReadAllAsync(bytes, Enumerable.Repeat(size, bytes.Length));
            lines.Should().Equal(ConversationLines, "receives brought {0} bytes", size);
        }
    }

    [Fact]
    public async Task A_line_that_the_end_of_the_stream_cuts_off_is_dropped()
    {
        var bytes = Encoding.UTF8.GetBytes(Conversation);
        for (var end = 0; end < bytes.Length; end++)
        {
            var whole = bytes.AsSpan(0, end).Count((byte)'\n');
            (await ReadAllAsync(bytes[..end], [])).Should().Equal(ConversationLines.Take(whole), "the stream ended after {0} bytes", end);
        }
    }

    [Theory]
    [InlineData(4095, "\n", true)]
    [InlineData(4096, "\n", true)]
    [InlineData(4097, "\n", false)]
    [InlineData(4095, "\r\n", true)]
    [InlineData(4096, "\r\n", true)]
    [InlineData(4097, "\r\n", false)]
    [InlineData(4095, "\r\r\n", true)]
    [InlineData(4096, "\r\r\n", false)]
    public async Task A_line_has_at_most_4096_bytes_without_its_end(int length, string end, bool isAccepted)
    {
        var line = new string('a', length);
        var bytes = Encoding.ASCII.GetBytes(line + end + "next\n");
        foreach (var slice in new[] { 1, 1000, 4096, 4097, 4098, bytes.Length })
        {
            var reading = () => ReadAllAsync(bytes, Enumerable.Repeat(slice, bytes.Length));
            if (isAccepted)
                (await reading()).Should().Equal([line + end[..^(end.Length == 1 ? 1 : 2)], "next"], "receives brought {0} bytes", slice);
            else
                await reading.Should().ThrowAsync<LineTooLongException>("receives brought {0} bytes", slice);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_line_that_is_too_long_throws_before_its_end_is_received()
    {
        using var pair = new StreamPair();
        await using var channel = new LineChannel(pair.Near);
        await pair.Far.WriteAsync(new byte[Limits.MaxLineBytes + 1]);

        await FluentActions.Awaiting(() => ReadLineAsync(channel)).Should().ThrowAsync<LineTooLongException>();
    }

    [Fact]
    public async Task Of_an_endless_line_at_most_eight_times_the_longest_line_is_received()
    {
        var endless = new MemoryStream(new byte[1 << 20]);
        await using var channel = new LineChannel(endless);

        await FluentActions.Awaiting(() => ReadLineAsync(channel)).Should().ThrowAsync<LineTooLongException>();

        endless.Position.Should().BeLessThanOrEqualTo(8 * Limits.MaxLineBytes);
    }

    [Fact(Timeout = Limit)]
    public async Task A_cancelled_read_loses_nothing_at_any_byte()
    {
        using var pair = new StreamPair();
        await using var channel = new LineChannel(pair.Near);
        foreach (var next in "REQUEST a\r"u8.ToArray())
        {
            await pair.Far.WriteAsync(new[] { next });
            using var cancel = new CancellationTokenSource();
            var reading = channel.ReadLineAsync(cancel.Token).AsTask();
            await cancel.CancelAsync();
            await FluentActions.Awaiting(() => reading).Should().ThrowAsync<OperationCanceledException>();
        }

        await pair.Far.WriteAsync("\nREQUEST b\n"u8.ToArray());

        (await ReadLineAsync(channel)).Should().Be("REQUEST a");
        (await ReadLineAsync(channel)).Should().Be("REQUEST b");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Thousands_of_pipelined_lines_are_read_in_order(int seed)
    {
        var random = new Random(seed);
        string[] lines = [.. Enumerable.Range(0, 5000).Select(number => $"REQUEST {number} {new string('a', random.Next(60))}")];
        var bytes = Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => line + (random.Next(2) == 0 ? "\n" : "\r\n"))));

        var read = await ReadAllAsync(bytes, Enumerable.Repeat(0, bytes.Length).Select(_ => random.Next(1, 9000)));

        read.Should().Equal(lines, "the seed was {0}", seed);
    }

    [Fact]
    public async Task TryReadLine_returns_only_lines_that_were_received()
    {
        await using var channel = new LineChannel(new SlicedStream(new MemoryStream("a\nb\nc\n"u8.ToArray()), [3]));
        channel.TryReadLine(out _).Should().BeFalse();

        (await ReadLineAsync(channel)).Should().Be("a");

        channel.TryReadLine(out _).Should().BeFalse("of the second line, only the first byte was received");
        (await ReadLineAsync(channel)).Should().Be("b");
        channel.TryReadLine(out var last).Should().BeTrue();
        last.ToArray().Should().Equal("c"u8.ToArray());
    }

    [Fact]
    public async Task Counted_bytes_between_lines_do_not_depend_on_where_a_receive_ends()
    {
        var bytes = "DATA 12\nno line\nhereNOT_SHARED\n"u8.ToArray();
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            await using var channel = new LineChannel(new SlicedStream(new MemoryStream(bytes), [cut]));
            var data = new byte[12];

            (await ReadLineAsync(channel)).Should().Be("DATA 12");
            await channel.ReadExactlyAsync(data, CancellationToken.None);

            data.Should().Equal("no line\nhere"u8.ToArray(), "the first receive brought {0} bytes", cut);
            (await ReadLineAsync(channel)).Should().Be("NOT_SHARED");
        }
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(100_000)]
    public async Task Counted_bytes_may_be_more_than_the_receive_buffer_holds(int slice)
    {
        var content = new SeededBytes(1).Create(300_000);
        byte[] bytes = [.. "DATA 300000\n"u8, .. content, .. "CHANGED\n"u8];
        await using var channel = new LineChannel(new SlicedStream(new MemoryStream(bytes), slice));
        var data = new byte[content.Length];

        (await ReadLineAsync(channel)).Should().Be("DATA 300000");
        await channel.ReadExactlyAsync(data, CancellationToken.None);

        data.Should().Equal(content);
        (await ReadLineAsync(channel)).Should().Be("CHANGED");
    }

    [Fact]
    public async Task Counted_bytes_that_the_end_of_the_stream_cuts_off_throw()
    {
        await using var channel = new LineChannel(new MemoryStream("DATA 5\nabcd"u8.ToArray()));
        (await ReadLineAsync(channel)).Should().Be("DATA 5");

        await FluentActions.Awaiting(() => channel.ReadExactlyAsync(new byte[5], CancellationToken.None).AsTask())
            .Should().ThrowAsync<EndOfStreamException>();
    }

    [Fact]
    public async Task ReadBytesAsync_returns_0_only_at_the_end_of_the_stream()
    {
        await using var channel = new LineChannel(new MemoryStream("a\nbcd"u8.ToArray()));
        var buffer = new byte[2];
        await ReadLineAsync(channel);

        (await channel.ReadBytesAsync(buffer, CancellationToken.None)).Should().Be(2);
        (await channel.ReadBytesAsync(buffer, CancellationToken.None)).Should().Be(1);
        (await channel.ReadBytesAsync(buffer, CancellationToken.None)).Should().Be(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10_000)]
    public async Task Enlarging_the_receive_buffer_in_the_middle_of_a_line_loses_nothing(int slice)
    {
        var text = string.Concat(Enumerable.Range(0, 5000).Select(number => $"line {number}\n"));
        await using var channel = new LineChannel(new SlicedStream(new MemoryStream(Encoding.ASCII.GetBytes(text)), [slice]));
        var read = await ReadLineAsync(channel) + "\n";

        channel.ReceiveBufferBytes = 64 * 1024;
        while (await ReadLineAsync(channel) is { } line)
            read += line + "\n";

        read.Should().Be(text);
    }

    [Fact]
    public async Task Received_lines_are_read_without_an_allocation()
    {
        var lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("REQUEST a\n", 200)));
        await using var channel = new LineChannel(new MemoryStream(lines));
        await ReadLineAsync(channel);
        var allRead = true;

        Allocations.Of(() => allRead &= channel.TryReadLine(out _)).Should().Be(0);
        allRead.Should().BeTrue();
    }

    private static async Task<List<string>> ReadAllAsync(byte[] bytes, IEnumerable<int> slices)
    {
        await using var channel = new LineChannel(new SlicedStream(new MemoryStream(bytes), slices));
        var lines = new List<string>();
        while (await ReadLineAsync(channel) is { } line)
            lines.Add(line);
        return lines;
    }

    private static async Task<string?> ReadLineAsync(LineChannel channel) =>
        await channel.ReadLineAsync(CancellationToken.None) is { } line ? Encoding.UTF8.GetString(line.Span) : null;
}
