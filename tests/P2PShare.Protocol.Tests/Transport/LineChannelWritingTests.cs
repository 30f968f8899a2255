using System.Text;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Transport;

namespace P2PShare.Protocol.Tests.Transport;

public sealed class LineChannelWritingTests
{
    private readonly MemoryStream _sent = new();

    [Fact]
    public async Task Written_lines_are_sent_together_by_a_flush()
    {
        await using var channel = new LineChannel(_sent);
        new VersionReply(true, Features.None).WriteTo(channel);
        new FoundReply(null).WriteTo(channel);

        channel.UnflushedBytes.Should().Be("VERSION_OK\nNOT_FOUND\n".Length);
        _sent.Length.Should().Be(0);
        await channel.FlushAsync(CancellationToken.None);

        channel.UnflushedBytes.Should().Be(0);
        Sent.Should().Be("VERSION_OK\nNOT_FOUND\n");
    }

    [Fact]
    public async Task Raw_bytes_are_sent_after_the_lines_written_before_them()
    {
        await using var channel = new LineChannel(_sent);
        new PeerReply(PeerReplyKind.Data, 3).WriteTo(channel);
        await channel.WriteBytesAsync("abc"u8.ToArray(), CancellationToken.None);
        new PeerReply(PeerReplyKind.Changed, 0).WriteTo(channel);
        await channel.FlushAsync(CancellationToken.None);

        Sent.Should().Be("DATA 3\nabcCHANGED\n");
    }

    [Fact]
    public async Task Any_number_of_lines_can_be_written_before_a_flush()
    {
        await using var channel = new LineChannel(_sent);
        for (var seconds = 1; seconds <= 10_000; seconds++)
            new PeerReply(PeerReplyKind.Busy, seconds).WriteTo(channel);
        await channel.FlushAsync(CancellationToken.None);

        Sent.Should().Be(string.Concat(Enumerable.Range(1, 10_000).Select(seconds => $"BUSY {seconds}\n")));
    }

    [Fact]
    public async Task GetMemory_returns_the_requested_size_and_keeps_written_lines()
    {
        await using var channel = new LineChannel(_sent);
        new FoundReply(null).WriteTo(channel);
        channel.GetMemory(100_000).Length.Should().BeGreaterThanOrEqualTo(100_000);
        channel.GetSpan().Length.Should().BePositive();
        await channel.FlushAsync(CancellationToken.None);

        Sent.Should().Be("NOT_FOUND\n");
    }

    [Fact]
    public async Task A_disposed_channel_has_closed_its_stream_and_can_be_disposed_again()
    {
        var channel = new LineChannel(_sent);
        new FoundReply(null).WriteTo(channel);

        await channel.DisposeAsync();
        await channel.DisposeAsync();

        _sent.CanWrite.Should().BeFalse();
        _sent.ToArray().Should().BeEmpty();
    }

    private string Sent => Encoding.UTF8.GetString(_sent.ToArray());
}
