using Microsoft.Win32.SafeHandles;
using P2PShare.Peer.Content;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>
/// A finished file whose wrong pieces are overwritten in place. Each write replaces a wrong piece by the right one, so an interrupted
/// repair does no harm. A file without a single right piece may be a different file that the user wants to keep: one of several
/// pieces is not touched, and the content of a file of one piece is copied to another name before it is replaced.
/// </summary>
internal sealed class RepairTarget(string path, FileIdentity identity) : IPieceTarget
{
    public SafeFileHandle Handle { get; } = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);

    public bool IsResumed => true;

    /// <summary>Where the former content is kept; null where it was not replaced as a whole.</summary>
    public string? KeptPath { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="DifferentFileException">None of the pieces is right.</exception>
    public void Resume(ReadOnlySpan<bool> verified)
    {
        if (!verified.Contains(true))
            throw new DifferentFileException(path);
    }

    public void Write(int index, ReadOnlySpan<byte> piece)
    {
        if (identity.PieceCount == 1)
            KeptPath = CopyFormerContent();
        RandomAccess.Write(Handle, piece, (long)index * Limits.PieceBytes);
    }

    public string Finish(IEnumerable<string> candidates, FileMetadata? metadata = null)
    {
        RandomAccess.SetLength(Handle, identity.Size);
        if (metadata is not null)
            DiskMetadata.Apply(Handle, metadata);
        return path;
    }

    public void Dispose() => Handle.Dispose();

    private string CopyFormerContent()
    {
        var name = $"{Path.GetFileNameWithoutExtension(path)} (before REPAIR){Path.GetExtension(path)}";
        var kept = FinalName.Candidates(Path.Combine(Path.GetDirectoryName(path)!, name)).First(candidate => !Path.Exists(candidate));
        using var copy = new FileStream(kept, FileMode.CreateNew);
        using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        content.CopyTo(copy);
        return kept;
    }
}
