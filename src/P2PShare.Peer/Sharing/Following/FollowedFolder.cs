namespace P2PShare.Peer.Sharing.Following;

/// <summary>A folder that is followed.</summary>
/// <param name="Root">Its full path, with no separator at the end.</param>
/// <param name="Excluded">Patterns that the user typed, in the syntax of gitignore, relative to the folder.</param>
/// <param name="IsWatched">The system is asked to report changes; else there are only rescans.</param>
internal sealed record FollowedFolder(string Root, IReadOnlyList<string> Excluded, bool IsWatched)
{
    /// <summary>The first part of the names of its files.</summary>
    public string Name => Path.GetFileName(Root);
}
