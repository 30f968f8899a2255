namespace P2PShare.Peer.Sharing;

/// <summary>The result of an ANNOUNCE.</summary>
/// <param name="Shared">The files that are shared now.</param>
/// <param name="Skipped">The paths that are not.</param>
/// <param name="Replaced">The shared files whose name belonged to another file of this client before.</param>
internal sealed record AnnounceReport(
    IReadOnlyList<SharedFile> Shared, IReadOnlyList<SkippedPath> Skipped, IReadOnlyList<SharedFile> Replaced)
{
    /// <summary>Something is shared, and nothing was skipped but what a folder scan skips on purpose.</summary>
    public bool Succeeded => Shared.Count > 0
        && Skipped.All(path => path.Reason is SkipReason.Hidden or SkipReason.SymbolicLink or SkipReason.Excluded);
}
