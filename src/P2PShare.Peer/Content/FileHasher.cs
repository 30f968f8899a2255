using System.Buffers;
using Microsoft.Win32.SafeHandles;
using P2PShare.Peer.Async;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Content;

/// <summary>Hashes files on all cores: each worker takes the next piece, reads it and stores its hash.</summary>
internal static class FileHasher
{
    /// <exception cref="FileChangedException">The file ended before <paramref name="size"/>.</exception>
    public static async Task<PieceLayer> HashAsync(
        SafeFileHandle file, string path, long size, IProgress<long>? hashed, CancellationToken cancellation)
    {
        if (size == 0)
            return PieceLayer.TryCreate(FileIdentity.OfEmptyFile, [])!;
        if (size > Limits.MaxFileBytes)
            throw new IOException("it is larger than 4 TiB");

        if (size <= Limits.PieceBytes)
            return HashOnePiece(file, path, (int)size, hashed);

        var pieces = (int)((size + Limits.PieceBytes - 1) / Limits.PieceBytes);
        var hashes = new byte[pieces * Limits.HashBytes];
        await ForEachPieceAsync(file, size, pieces, Every, (index, piece) =>
        {
            var length = (int)Math.Min(Limits.PieceBytes, size - (long)index * Limits.PieceBytes);
            if (piece.Length != length)
                throw new FileChangedException(path);
            MerkleTree.HashPiece(piece, isWholeFile: false, hashes.AsSpan(index * Limits.HashBytes, Limits.HashBytes));
            hashed?.Report(length);
        }, cancellation);

        return Layer(MerkleTree.HashLayer([.. hashes]), size, hashes);
    }

    private static PieceLayer HashOnePiece(SafeFileHandle file, string path, int size, IProgress<long>? hashed)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var piece = ReadPiece(file, buffer.AsSpan(0, size), 0);
            if (piece.Length != size)
                throw new FileChangedException(path);
            Span<byte> root = stackalloc byte[Limits.HashBytes];
            MerkleTree.HashPiece(piece, isWholeFile: true, root);
            hashed?.Report(size);
            return Layer(new FileId(root), size, []);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static PieceLayer Layer(FileId id, long size, byte[] hashes) =>
        FileIdentity.TryCreate(id, size, out var identity) && PieceLayer.TryCreate(identity, hashes) is { } layer
            ? layer
            : throw new IOException("it cannot be given a file id");

    /// <summary>For each piece, whether <paramref name="file"/> holds the bytes that <paramref name="layer"/> describes.</summary>
    public static async Task<bool[]> FindValidPiecesAsync(
        SafeFileHandle file, PieceLayer layer, IProgress<long>? hashed, CancellationToken cancellation)
    {
        var valid = new bool[layer.Identity.PieceCount];
        await ForEachPieceAsync(file, layer.Identity.Size, valid.Length, Every, (index, piece) =>
        {
            valid[index] = layer.IsValidPiece(index, piece);
            hashed?.Report(piece.Length);
        }, cancellation);
        return valid;
    }

    /// <summary>
    /// Finds those of some pieces that <paramref name="file"/> holds at their place, and hands on each of them; from several threads.
    /// </summary>
    /// <param name="file">It may be shorter or longer than the content of the layer.</param>
    /// <param name="layer">The content.</param>
    /// <param name="pieces">The numbers of the pieces to look for.</param>
    /// <param name="found">Receives the number and the bytes of each piece that is right.</param>
    /// <param name="cancellation">Stops the search.</param>
    public static Task FindValidPiecesAsync(
        SafeFileHandle file, PieceLayer layer, IReadOnlyList<int> pieces, PieceReader found, CancellationToken cancellation) =>
        ForEachPieceAsync(file, layer.Identity.Size, pieces.Count, number => pieces[number], (index, piece) =>
        {
            if (layer.IsValidPiece(index, piece))
                found(index, piece);
        }, cancellation);

    /// <summary>Receives the number and the bytes of a piece.</summary>
    public delegate void PieceReader(int index, ReadOnlySpan<byte> piece);

    private static int Every(int number) => number;

    private static async Task ForEachPieceAsync(
        SafeFileHandle file, long size, int count, Func<int, int> pieceOf, PieceReader read, CancellationToken cancellation)
    {
        var next = -1;
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        void Work()
        {
            var buffer = ArrayPool<byte>.Shared.Rent(Limits.PieceBytes);
            try
            {
                while (!failed.IsCancellationRequested)
                {
                    var number = Interlocked.Increment(ref next);
                    if (number >= count)
                        break;
                    var index = pieceOf(number);
                    var offset = (long)index * Limits.PieceBytes;
                    read(index, ReadPiece(file, buffer.AsSpan(0, (int)Math.Min(Limits.PieceBytes, size - offset)), offset));
                }
            }
            catch
            {
                failed.Cancel();
                throw;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        var workers = Math.Min(Environment.ProcessorCount, count);
        if (workers <= 1)
            Work();
        else
            await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Background.Run(() =>
            {
                Work();
                return Task.CompletedTask;
            })));
        cancellation.ThrowIfCancellationRequested();
    }

    private static ReadOnlySpan<byte> ReadPiece(SafeFileHandle file, Span<byte> piece, long offset)
    {
        var filled = 0;
        while (filled < piece.Length)
        {
            var count = RandomAccess.Read(file, piece[filled..], offset + filled);
            if (count == 0)
                break;
            filled += count;
        }

        return piece[..filled];
    }
}
