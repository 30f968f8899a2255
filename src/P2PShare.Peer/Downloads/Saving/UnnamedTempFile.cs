using Microsoft.Win32.SafeHandles;
using P2PShare.Networking;
using P2PShare.Peer.Linux;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>
/// A file of one piece that is being fetched, which has no name before it has its own (open(2), O_TMPFILE). There is nothing to resume
/// of it, and whatever ends the program ends the file: none is ever left behind, and nobody else can have it open.
/// </summary>
internal sealed class UnnamedTempFile : IPieceTarget
{
    private UnnamedTempFile(SafeFileHandle handle) => Handle = handle;

    public SafeFileHandle Handle { get; }

    public bool IsResumed => false;

    /// <summary>Null where the file has several pieces, or the system, or the file system, knows no files without a name.</summary>
    public static UnnamedTempFile? TryCreate(string goal, FileIdentity identity) =>
        identity.PieceCount <= 1 && Platform.UsesLinuxCalls && LinuxFile.TryCreateUnnamed(Path.GetDirectoryName(goal)!) is { } handle
            ? new UnnamedTempFile(handle)
            : null;

    public void Write(int index, ReadOnlySpan<byte> piece) => LinuxFile.Write(Handle, piece);

    public string Finish(IEnumerable<string> goals) =>
        goals.FirstOrDefault(goal => LinuxFile.TryLink(Handle, goal)) ?? throw new IOException($"no free name like {goals.First()} was found");

    public void Dispose() => Handle.Dispose();
}
