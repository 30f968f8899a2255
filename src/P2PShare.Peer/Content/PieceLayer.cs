using P2PShare.Protocol;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Content;

/// <summary>The hashes that verify each piece of one content (BEP 52). Every instance has been verified against the file id.</summary>
internal sealed class PieceLayer
{
    private readonly byte[] _hashes;

    private PieceLayer(FileIdentity identity, byte[] hashes) => (Identity, _hashes) = (identity, hashes);

    public FileIdentity Identity { get; }

    /// <summary>All hashes, 32 bytes each, in order; empty for a file of one piece, whose hash is its id.</summary>
    public ReadOnlyMemory<byte> Hashes => _hashes;

    /// <summary>The layer's length in bytes: 0 for a file of at most one piece.</summary>
    public static int LengthFor(FileIdentity identity) => identity.PieceCount > 1 ? identity.PieceCount * Limits.HashBytes : 0;

    /// <summary>Takes ownership of <paramref name="hashes"/>. Null where their merkle root is not the file id.</summary>
    public static PieceLayer? TryCreate(FileIdentity identity, byte[] hashes)
    {
        if (hashes.Length != LengthFor(identity))
            return null;
        if (hashes.Length > 0 && MerkleTree.HashLayer([.. hashes]) != identity.Id)
            return null;
        return new PieceLayer(identity, hashes);
    }

    /// <summary>Whether <paramref name="piece"/> has the length and the hash of the content's piece <paramref name="index"/>.</summary>
    public bool IsValidPiece(int index, ReadOnlySpan<byte> piece)
    {
        if (piece.Length != Identity.PieceLength(index))
            return false;
        Span<byte> root = stackalloc byte[Limits.HashBytes];
        var isWholeFile = Identity.PieceCount == 1;
        MerkleTree.HashPiece(piece, isWholeFile, root);
        return isWholeFile
            ? new FileId(root) == Identity.Id
            : root.SequenceEqual(_hashes.AsSpan(index * Limits.HashBytes, Limits.HashBytes));
    }
}
