namespace P2PShare.Server.Cluster.Servers;

/// <summary>What a node knows of a page of another server, beside what the registry has of it.</summary>
/// <param name="Version">The newest one.</param>
/// <param name="Session">Its session, by the number at its own server; 0 where the page is empty.</param>
/// <param name="Epoch">The epoch in which it was received last.</param>
internal readonly record struct RemotePage(long Version, long Session, uint Epoch)
{
    public bool IsTombstone => Session == 0;
}
