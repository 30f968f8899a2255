namespace P2PShare.Protocol.Identity;

/// <summary>A file's id together with its size in bytes, because a merkle root alone does not say where the padding begins (BEP 52).</summary>
public readonly record struct FileIdentity
{
    private FileIdentity(FileId id, long size) => (Id, Size) = (id, size);

    public FileId Id { get; }

    public long Size { get; }

    public static FileIdentity OfEmptyFile => default;

    /// <summary>False where the size is outside 0..4 TiB, or only one of id and size says "empty".</summary>
    public static bool TryCreate(FileId id, long size, out FileIdentity identity)
    {
        identity = default;
        if (size is < 0 or > Limits.MaxFileBytes || size == 0 != (id == FileId.OfEmptyFile))
            return false;
        identity = new FileIdentity(id, size);
        return true;
    }

    /// <summary>How many pieces the content has; none where it is empty.</summary>
    public int PieceCount => (int)((Size + Limits.PieceBytes - 1) / Limits.PieceBytes);

    /// <summary>Bytes of the piece with this index: a whole piece, but for the last.</summary>
    public int PieceLength(int index) => (int)Math.Min(Limits.PieceBytes, Size - (long)index * Limits.PieceBytes);
}
