using System.Numerics;
using System.Security.Cryptography;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Content;

/// <summary>
/// The hash tree of BEP 52: SHA-256 over leaves of 16 KiB, the layer of leaf hashes padded with zero hashes to a power of two.
/// Pure functions over memory; nothing here allocates.
/// </summary>
internal static class MerkleTree
{
    private const int LeavesPerPiece = Limits.PieceBytes / Limits.LeafBytes;

    // Height of a whole piece's subtree above its leaves: 64 leaves are 2 to the 6th.
    private const int PieceHeight = 6;

    // Roots of subtrees in which every leaf hash is zero, by height: the padding beyond the end of a file.
    private static readonly byte[][] PaddingByHeight = MakePadding(heights: 40);

    /// <summary>
    /// The merkle root of one piece of 1 byte to 1 MiB: an entry of the piece layer, or the file id where the piece is the whole file.
    /// </summary>
    /// <param name="piece">The content; only the file's last piece may be shorter than 1 MiB.</param>
    /// <param name="isWholeFile">
    /// The tree of a file of one piece is only as high as needed; the subtree of every other piece has 64 leaves.
    /// </param>
    /// <param name="root">32 bytes to write to.</param>
    public static void HashPiece(ReadOnlySpan<byte> piece, bool isWholeFile, Span<byte> root)
    {
        Span<byte> hashes = stackalloc byte[LeavesPerPiece * Limits.HashBytes];
        var leaves = 0;
        for (var offset = 0; offset < piece.Length; offset += Limits.LeafBytes)
        {
            var leaf = piece.Slice(offset, Math.Min(Limits.LeafBytes, piece.Length - offset));
            SHA256.HashData(leaf, hashes.Slice(leaves++ * Limits.HashBytes, Limits.HashBytes));
        }

        var width = isWholeFile ? (int)BitOperations.RoundUpToPowerOf2((uint)leaves) : LeavesPerPiece;
        Reduce(hashes, leaves, width, height: 0);
        hashes[..Limits.HashBytes].CopyTo(root);
    }

    /// <summary>The file id: the merkle root of a piece layer of two hashes or more. Overwrites <paramref name="layer"/>.</summary>
    public static FileId HashLayer(Span<byte> layer)
    {
        var count = layer.Length / Limits.HashBytes;
        Reduce(layer, count, (long)BitOperations.RoundUpToPowerOf2((uint)count), PieceHeight);
        return new FileId(layer[..Limits.HashBytes]);
    }

    // Works level by level in place: the parents of hashes 2i and 2i+1 overwrite hash i.
    private static void Reduce(Span<byte> hashes, int count, long width, int height)
    {
        Span<byte> pair = stackalloc byte[2 * Limits.HashBytes];
        for (; width > 1; width /= 2, height++)
        {
            var parents = (count + 1) / 2;
            for (var parent = 0; parent < parents; parent++)
            {
                var children = hashes[(2 * parent * Limits.HashBytes)..];
                var isPaired = 2 * parent + 1 < count;
                children[..(isPaired ? pair.Length : Limits.HashBytes)].CopyTo(pair);
                if (!isPaired)
                    PaddingByHeight[height].CopyTo(pair[Limits.HashBytes..]);
                SHA256.HashData(pair, hashes.Slice(parent * Limits.HashBytes, Limits.HashBytes));
            }

            count = parents;
        }
    }

    private static byte[][] MakePadding(int heights)
    {
        var padding = new byte[heights][];
        padding[0] = new byte[Limits.HashBytes];
        for (var height = 1; height < heights; height++)
            padding[height] = SHA256.HashData([.. padding[height - 1], .. padding[height - 1]]);
        return padding;
    }
}
