using P2PShare.Peer.Content;
using P2PShare.Peer.Linux;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Sharing;

/// <summary>A file that this client announced or has fetched, with its stamp and identity at that time.</summary>
/// <param name="name">Its name on the network.</param>
/// <param name="path">The full path. No other file is ever served under this name.</param>
/// <param name="content">What it contained when it was hashed.</param>
/// <param name="fetched">The part that it was while it was fetched; null where it was announced.</param>
internal sealed class SharedFile(FileName name, string path, IdentifiedFile content, SharedPart? fetched = null)
{
    private PieceSupply? _supply = fetched?.Supply;
    private long _bytesServed = fetched?.Uploads.Bytes ?? 0;

    public FileName Name { get; } = name;

    public string Path { get; } = path;

    public FileStamp Stamp { get; } = content.Stamp;

    public FileIdentity Identity { get; } = content.Identity;

    /// <summary>What its owner told of it when it was fetched; null where it was announced.</summary>
    public FileMetadata? Told { get; init; }

    /// <summary>What goes with it beside its content; null where it cannot be examined.</summary>
    public FileMetadata? TryReadMetadata()
    {
        // A file system may have rounded the time, or the user may want no times: what is passed on is what was told.
        var metadata = DiskMetadata.TryRead(Path, Stamp.ModifiedTicks);
        return metadata is not null && Told is { Modified: { } told } ? metadata with { Modified = told } : metadata;
    }

    /// <summary>Its pieces, in the order in which requesters that watched the part learned of them.</summary>
    public PieceSupply Supply => LazyInitializer.EnsureInitialized(ref _supply, () => PieceSupply.Whole(Identity.PieceCount));

    /// <summary>Bytes of content sent to peers since the file was announced, or since its first piece was there.</summary>
    public long BytesServed => Interlocked.Read(ref _bytesServed);

    public void CountServed(long bytes) => Interlocked.Add(ref _bytesServed, bytes);

    /// <inheritdoc cref="PieceSupply.NoteSending"/>
    public void NoteSending(long offset, long length) => _supply?.NoteSending(offset, length);
}
