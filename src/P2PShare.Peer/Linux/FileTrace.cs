using P2PShare.Networking;

namespace P2PShare.Peer.Linux;

/// <summary>
/// A file's stamp, and when it was created. A renamed file keeps its trace. A stamp alone would not do: a new file may get the inode of a
/// deleted one, and its size and time from an archive.
/// </summary>
/// <param name="Stamp">The stamp.</param>
/// <param name="BirthTicks">The time of creation in UTC, in ticks of 100 ns; 0 where it is not known.</param>
internal readonly record struct FileTrace(FileStamp Stamp, long BirthTicks)
{
    /// <summary>No other file has this trace.</summary>
    public bool IsUnique => BirthTicks != 0;

    /// <summary>Null where the path is no regular file, is a symbolic link, or cannot be examined.</summary>
    public static FileTrace? TryOf(string path)
    {
        if (Platform.UsesLinuxCalls)
            return LinuxFile.TryTrace(path);
        try
        {
            var info = new FileInfo(path);
            return info.Exists && info.LinkTarget is null ? new FileTrace(FileStamp.Of(path), 0) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
