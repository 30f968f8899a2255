namespace P2PShare.Peer.Sharing;

/// <summary>What came of an ANNOUNCE.</summary>
/// <param name="Shared">The files that are shared now.</param>
/// <param name="LeftOut">What is not, and why; paths and reasons as they came, not fit to print.</param>
/// <param name="Replaced">Of the shared, those whose name stood for another file of this client before.</param>
internal sealed record AnnounceReport(IReadOnlyList<SharedFile> Shared, IReadOnlyList<LeftOut> LeftOut, IReadOnlyList<SharedFile> Replaced)
{
    /// <summary>Everything that was asked for is shared; what a folder hides on purpose does not count against it.</summary>
    public bool Succeeded => Shared.Count > 0 && LeftOut.All(left => left.Reason is "hidden" or "symbolic link");
}
