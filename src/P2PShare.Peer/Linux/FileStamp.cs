using Microsoft.Win32.SafeHandles;
using P2PShare.Networking;

namespace P2PShare.Peer.Linux;

/// <summary>Detects, without reading a file, that it has changed since it was hashed.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedTicks">Last modification in UTC, in ticks of 100 ns.</param>
/// <param name="Inode">The inode number; 0 where the system has none.</param>
internal readonly record struct FileStamp(long Size, long ModifiedTicks, ulong Inode)
{
    /// <summary>Follows symbolic links.</summary>
    /// <exception cref="IOException">The file does not exist, or is no regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">Its folder cannot be searched.</exception>
    public static FileStamp Of(string path)
    {
        if (Platform.UsesLinuxCalls && LinuxFile.TryStat(path, out var stamp, out var isRegular))
            return isRegular ? stamp : throw new IOException("it is no regular file");

        // The portable way. Also throws the right exception where statx failed.
        var info = new FileInfo(path);
        return new FileStamp(info.Length, info.LastWriteTimeUtc.Ticks, 0);
    }

    public static FileStamp Of(SafeFileHandle file) =>
        Platform.UsesLinuxCalls && LinuxFile.TryStat(file, out var stamp)
            ? stamp
            : new FileStamp(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file).Ticks, 0);
}
