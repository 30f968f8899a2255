using System.Runtime.InteropServices;
using P2PShare.Peer.Downloads.Buffers;
using P2PShare.Peer.Linux;
using P2PShare.Protocol;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Linux;

/// <summary>Writes that bypass the page cache: only aligned ones, and without exceptions.</summary>
public sealed class DirectFileTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Memory<byte> _piece = new PieceBuffers().Rent().Memory;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 0, 4096)]
    [InlineData(0, 1, 4096)]
    [InlineData(0, 0, 4095)]
    public void Unaligned_write_is_refused_and_later_aligned_ones_succeed(int start, int offset, int length)
    {
        using var file = File.OpenHandle(_folder.File("a"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        using var direct = DirectFile.TryOpen(file);

        (direct?.TryWrite(_piece.Span.Slice(start, length), offset) ?? false).Should().BeFalse();
        RandomAccess.GetLength(file).Should().Be(0);

        new SeededBytes(1).Create(Limits.PieceBytes).CopyTo(_piece);
        if (direct?.TryWrite(_piece.Span, Limits.PieceBytes) != true)
            return;
        var written = new byte[Limits.PieceBytes];
        RandomAccess.Read(file, written, Limits.PieceBytes).Should().Be(Limits.PieceBytes);
        _piece.Span.SequenceEqual(written).Should().BeTrue();
    }

    [Fact]
    public void Write_to_a_full_disk_returns_false()
    {
        using var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        using var direct = DirectFile.TryOpen(full);

        (direct?.TryWrite(_piece.Span, 0) ?? false).Should().BeFalse();
        (direct?.TryWrite(_piece.Span, 0) ?? false).Should().BeFalse();
    }

    [Fact]
    public void Piece_buffer_is_aligned_and_reused()
    {
        var buffers = new PieceBuffers();
        var (first, second) = (buffers.Rent(), buffers.Rent());

        Misalignment(first.Memory).Should().Be(0);
        Misalignment(second.Memory).Should().Be(0);
        first.Memory.Length.Should().Be(Limits.PieceBytes);
        first.Return();
        buffers.Rent().Memory.Should().Be(first.Memory).And.NotBe(second.Memory);
    }

    [Fact]
    public void Rented_piece_buffers_do_not_overlap()
    {
        var buffers = new PieceBuffers();
        var rented = Enumerable.Range(0, 10).Select(_ => buffers.Rent().Memory).ToArray();

        foreach (var (number, buffer) in rented.Index())
            buffer.Span.Fill((byte)number);

        foreach (var (number, buffer) in rented.Index())
            buffer.Span.IndexOfAnyExcept((byte)number).Should().Be(-1);
    }

    private static long Misalignment(Memory<byte> memory)
    {
        MemoryMarshal.TryGetArray<byte>(memory, out var part).Should().BeTrue();
        return Marshal.UnsafeAddrOfPinnedArrayElement(part.Array!, part.Offset) % DirectFile.Alignment;
    }
}
