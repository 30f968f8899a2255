using P2PShare.Networking;
using P2PShare.Peer.Linux;

namespace P2PShare.Peer.Sharing.Following;

/// <summary>Tells one folder from another that has taken its path.</summary>
internal static class FolderId
{
    /// <summary>The inode number; 0 for every folder where there is none. Null where there is no folder at the path.</summary>
    public static ulong? TryOf(string path)
    {
        if (!Directory.Exists(path))
            return null;
        return Platform.UsesLinuxCalls && LinuxFile.TryStat(path, out var stamp, out _) ? stamp.Inode : 0;
    }
}
