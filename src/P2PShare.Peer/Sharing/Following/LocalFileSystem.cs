namespace P2PShare.Peer.Sharing.Following;

/// <summary>Whether the system reports the changes of a folder: on a network file system, it reports only those of this machine.</summary>
internal static class LocalFileSystem
{
    private static readonly string[] Shared = ["fuse", "v9fs", "9p", "virtiofs", "vboxsf", "nfs", "cifs", "smb", "afs", "ceph", "gfs"];

    /// <param name="folder">A full path.</param>
    public static bool IsAt(string folder)
    {
        try
        {
            var drive = new DriveInfo(folder);
            return drive.DriveType != DriveType.Network
                && !Shared.Any(format => drive.DriveFormat.StartsWith(format, StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return true;
        }
    }
}
