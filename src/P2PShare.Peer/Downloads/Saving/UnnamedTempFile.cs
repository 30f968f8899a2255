using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using P2PShare.Networking;
using P2PShare.Peer.Content;
using P2PShare.Peer.Linux;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>
/// A file of one piece that has no name until it is whole (open(2), O_TMPFILE). One piece is fetched whole or not at all, so there is
/// nothing to resume, and the kernel removes the file when the program ends, however it ends. Nobody else can open it meanwhile.
/// </summary>
internal sealed class UnnamedTempFile : IPieceTarget
{
    private UnnamedTempFile(SafeFileHandle handle) => Handle = handle;

    public SafeFileHandle Handle { get; }

    public bool IsResumed => false;

    /// <summary>Null where the file has several pieces, or the system or the file system has no unnamed files.</summary>
    public static UnnamedTempFile? TryCreate(string destination, FileIdentity identity) =>
        identity.PieceCount <= 1
        && Platform.UsesLinuxCalls
        && LinuxFile.TryCreateUnnamed(Path.GetDirectoryName(destination)!) is { } handle
            ? new UnnamedTempFile(handle)
            : null;

    [SupportedOSPlatform("linux")]
    public void Write(int index, ReadOnlySpan<byte> piece) => LinuxFile.Write(Handle, piece);

    [SupportedOSPlatform("linux")]
    public string Finish(IEnumerable<string> candidates, FileMetadata? metadata = null)
    {
        if (metadata is not null)
            DiskMetadata.Apply(Handle, metadata);
        return candidates.FirstOrDefault(candidate => LinuxFile.TryLink(Handle, candidate))
            ?? throw new IOException($"no free name like {candidates.First()} was found");
    }

    public void Dispose() => Handle.Dispose();
}
