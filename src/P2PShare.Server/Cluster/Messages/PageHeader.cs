namespace P2PShare.Server.Cluster.Messages;

/// <summary>The beginning of a page, which says whether the rest is worth reading.</summary>
/// <param name="Version">Higher than of everything that its server has published before.</param>
/// <param name="Entries">How many entries follow.</param>
/// <param name="Parts">How many parts follow.</param>
internal readonly record struct PageHeader(long Version, int Entries, int Parts)
{
    /// <summary>Whether the message says that the page has nothing any more.</summary>
    public bool IsTombstone => Entries + Parts == 0;
}
