using Microsoft.Win32.SafeHandles;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Downloads;

/// <summary>A finished file whose wrong pieces are replaced where they stand. Each write makes it righter, so that stopping in between harms nothing.</summary>
internal sealed class RepairTarget(string path, FileIdentity identity) : IPieceTarget
{
    public SafeFileHandle Handle { get; } = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);

    public bool IsResumed => true;

    public void Write(int index, ReadOnlySpan<byte> piece) => RandomAccess.Write(Handle, piece, (long)index * Limits.PieceBytes);

    public string Finish(IEnumerable<string> goals)
    {
        RandomAccess.SetLength(Handle, identity.Size);
        RandomAccess.FlushToDisk(Handle);
        return path;
    }

    public void Dispose() => Handle.Dispose();
}
