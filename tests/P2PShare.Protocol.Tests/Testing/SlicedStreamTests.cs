using P2PShare.Testing;

namespace P2PShare.Protocol.Tests.Testing;

public sealed class SlicedStreamTests
{
    [Theory]
    [InlineData(new[] { 1, 3 }, new[] { 1, 3, 6 })]
    [InlineData(new[] { 100 }, new[] { 10 })]
    [InlineData(new int[0], new[] { 10 })]
    public async Task No_read_returns_bytes_of_two_slices(int[] slices, int[] reads)
    {
        using var stream = new SlicedStream(new MemoryStream(new byte[10]), slices);

        foreach (var expected in reads)
            (await stream.ReadAsync(new byte[100])).Should().Be(expected);
        (await stream.ReadAsync(new byte[100])).Should().Be(0);
    }

    [Fact]
    public async Task A_buffer_smaller_than_the_slice_does_not_move_its_end()
    {
        using var stream = new SlicedStream(new MemoryStream(new byte[10]), [3, 7]);

        (await stream.ReadAsync(new byte[2])).Should().Be(2);
        (await stream.ReadAsync(new byte[100])).Should().Be(1);
        (await stream.ReadAsync(new byte[100])).Should().Be(7);
    }
}
