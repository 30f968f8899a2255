using Microsoft.Win32.SafeHandles;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>
/// A finished file whose wrong pieces are replaced where they stand. Each write makes it righter, so that stopping in between harms
/// nothing. A file of which nothing is right may be another one altogether, which nobody asked to lose: where it has several pieces it
/// is left alone, and where one piece is all it has, what it was is kept under another name.
/// </summary>
internal sealed class RepairTarget(string path, FileIdentity identity) : IPieceTarget
{
    public SafeFileHandle Handle { get; } = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);

    public bool IsResumed => true;

    /// <summary>Where the former content was kept; null where parts of it were right.</summary>
    public string? KeptAs { get; private set; }

    public void Resume(ReadOnlySpan<bool> there)
    {
        if (!there.Contains(true))
            throw new IOException("not a piece of it is right, so it is another file; give that one another name and REQUEST this one");
    }

    public void Write(int index, ReadOnlySpan<byte> piece)
    {
        if (identity.PieceCount == 1)
            KeptAs = Keep();
        RandomAccess.Write(Handle, piece, (long)index * Limits.PieceBytes);
    }

    public string Finish(IEnumerable<string> goals)
    {
        RandomAccess.SetLength(Handle, identity.Size);
        return path;
    }

    public void Dispose() => Handle.Dispose();

    private string Keep()
    {
        var name = $"{Path.GetFileNameWithoutExtension(path)} (before REPAIR){Path.GetExtension(path)}";
        var kept = FinalName.Candidates(Path.Combine(Path.GetDirectoryName(path)!, name)).First(candidate => !Path.Exists(candidate));
        using var copy = new FileStream(kept, FileMode.CreateNew);
        using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        content.CopyTo(copy);
        return kept;
    }
}
