using P2PShare.Testing;

namespace P2PShare.Protocol.Tests.Testing;

public sealed class StreamPairTests : IDisposable
{
    private const int Capacity = 8;

    // Milliseconds. A stream that fails to wake its reader fails its test and does not block the others.
    private const int Limit = 30_000;

    private readonly StreamPair _pair = new(Capacity);
    private readonly byte[] _buffer = new byte[100];

    public void Dispose() => _pair.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Bytes_written_to_one_end_are_read_from_the_other_in_order()
    {
        var sent = new SeededBytes(1).Create(1000);
        var received = new byte[sent.Length];

        var writing = _pair.Near.WriteAsync(sent);
        await _pair.Far.ReadExactlyAsync(received);
        await writing;

        received.Should().Equal(sent);
    }

    [Fact(Timeout = Limit)]
    public async Task A_write_waits_while_the_reader_does_not_read()
    {
        var writing = _pair.Near.WriteAsync(new byte[Capacity + 1]).AsTask();
        writing.IsCompleted.Should().BeFalse();

        (await _pair.Far.ReadAsync(_buffer)).Should().Be(Capacity);

        await writing;
    }

    [Fact(Timeout = Limit)]
    public async Task After_one_end_is_disposed_the_other_reads_the_bytes_in_transit_and_then_the_end()
    {
        await _pair.Near.WriteAsync("abc"u8.ToArray());
        _pair.Near.Dispose();

        (await _pair.Far.ReadAsync(_buffer)).Should().Be(3);
        (await _pair.Far.ReadAsync(_buffer)).Should().Be(0);
        await WritingShouldFail(_pair.Far);
    }

    [Fact(Timeout = Limit)]
    public async Task A_pending_read_returns_the_end_when_the_other_side_is_disposed()
    {
        var reading = _pair.Far.ReadAsync(_buffer).AsTask();
        reading.IsCompleted.Should().BeFalse();

        _pair.Near.Dispose();

        (await reading).Should().Be(0);
    }

    [Fact(Timeout = Limit)]
    public async Task A_half_closed_end_still_receives()
    {
        _pair.Near.CloseOutput();

        (await _pair.Far.ReadAsync(_buffer)).Should().Be(0);
        await _pair.Far.WriteAsync("abc"u8.ToArray());
        (await _pair.Near.ReadAsync(_buffer)).Should().Be(3);
    }

    [Fact(Timeout = Limit)]
    public async Task A_reset_fails_reads_and_writes_of_both_ends_and_loses_the_bytes_in_transit()
    {
        await _pair.Near.WriteAsync("abc"u8.ToArray());
        var reading = _pair.Near.ReadAsync(_buffer).AsTask();

        _pair.Reset();

        await ShouldFail(() => reading);
        foreach (var end in new[] { _pair.Near, _pair.Far })
        {
            await ShouldFail(() => end.ReadAsync(_buffer).AsTask());
            await WritingShouldFail(end);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_reset_fails_a_pending_write()
    {
        var writing = _pair.Near.WriteAsync(new byte[Capacity + 1]).AsTask();

        _pair.Reset();

        await ShouldFail(() => writing);
    }

    [Fact(Timeout = Limit)]
    public async Task A_cancelled_read_consumes_nothing()
    {
        using var cancel = new CancellationTokenSource();
        var reading = _pair.Far.ReadAsync(_buffer, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => reading).Should().ThrowAsync<OperationCanceledException>();

        await _pair.Near.WriteAsync("abc"u8.ToArray());

        (await _pair.Far.ReadAsync(_buffer)).Should().Be(3);
    }

    private static Task WritingShouldFail(PairedStream end) => ShouldFail(() => end.WriteAsync(new byte[1]).AsTask());

    private static async Task ShouldFail(Func<Task> operation) =>
        await FluentActions.Awaiting(operation).Should().ThrowAsync<IOException>();
}
