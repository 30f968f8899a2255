using P2PShare.Protocol;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Content;

/// <summary>The hashes by which each piece of one content is told right from wrong. There is none that was not checked against the file's id.</summary>
internal sealed class PieceLayer
{
    private readonly byte[] _hashes;

    private PieceLayer(FileIdentity identity, byte[] hashes) => (Identity, _hashes) = (identity, hashes);

    public FileIdentity Identity { get; }

    /// <summary>All hashes, 32 bytes each, in order; empty for a file of one piece, whose hash is its id.</summary>
    public ReadOnlyMemory<byte> Hashes => _hashes;

    /// <summary>Bytes that the layer of this content has: 0 for a file of at most one piece.</summary>
    public static int LengthFor(FileIdentity identity) => identity.PieceCount > 1 ? identity.PieceCount * Limits.HashBytes : 0;

    /// <summary>Takes <paramref name="hashes"/> over where they lead to the file's id; else null.</summary>
    public static PieceLayer? TryCreate(FileIdentity identity, byte[] hashes)
    {
        if (hashes.Length != LengthFor(identity))
            return null;
        if (hashes.Length > 0 && MerkleTree.HashLayer([.. hashes]) != identity.Id)
            return null;
        return new PieceLayer(identity, hashes);
    }

    /// <summary>Whether <paramref name="piece"/> is the content's piece of this index, to the last bit.</summary>
    public bool IsRight(int index, ReadOnlySpan<byte> piece)
    {
        if (piece.Length != Identity.PieceLength(index))
            return false;
        Span<byte> root = stackalloc byte[Limits.HashBytes];
        var isWholeFile = Identity.PieceCount == 1;
        MerkleTree.HashPiece(piece, isWholeFile, root);
        return isWholeFile ? new FileId(root) == Identity.Id : root.SequenceEqual(_hashes.AsSpan(index * Limits.HashBytes, Limits.HashBytes));
    }
}
