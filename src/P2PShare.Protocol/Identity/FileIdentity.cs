namespace P2PShare.Protocol.Identity;

/// <summary>A file's id and its size in bytes. The merkle root alone does not say where the padding begins (BEP 52).</summary>
public readonly record struct FileIdentity
{
    private FileIdentity(FileId id, long size) => (Id, Size) = (id, size);

    public FileId Id { get; }

    public long Size { get; }

    public static FileIdentity OfEmptyFile => default;

    /// <summary>False where the size is outside 0..4 TiB, or where only one of id and size is that of the empty file.</summary>
    public static bool TryCreate(FileId id, long size, out FileIdentity identity)
    {
        identity = default;
        if (size is < 0 or > Limits.MaxFileBytes || size == 0 != (id == FileId.OfEmptyFile))
            return false;
        identity = new FileIdentity(id, size);
        return true;
    }

    /// <summary>The number of pieces; 0 for the empty file.</summary>
    public int PieceCount => (int)((Size + Limits.PieceBytes - 1) / Limits.PieceBytes);

    /// <summary>Bytes of the piece with this index; the last piece may be shorter than the others.</summary>
    public int PieceLength(int index) => (int)Math.Min(Limits.PieceBytes, Size - (long)index * Limits.PieceBytes);
}
