namespace P2PShare.Peer.Sharing.Following;

/// <summary>What has to be done after a folder was compared with what is known of it.</summary>
internal sealed class FolderComparison
{
    /// <summary>Files that changed: they are withdrawn, and shared again when they are stable.</summary>
    public List<SharedFile> Changed { get; } = [];

    /// <summary>Files that are gone, and were shared until now.</summary>
    public List<SharedFile> Gone { get; } = [];

    /// <summary>Those, and the files that are gone after they were withdrawn because they changed.</summary>
    public int GoneCount { get; set; }

    /// <summary>Files that were moved here, or over another one: known content, to be shared at once.</summary>
    public List<FollowedFile> Moved { get; } = [];
}
