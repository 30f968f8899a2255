using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry;
using P2PShare.Server.Registry.Pages;

namespace P2PShare.Server.Tests.Cluster;

/// <summary>A registry of a cluster: its pages, what its own sessions do, and what it would answer.</summary>
internal interface IClusterRegistry : IPageRegistry
{
    void Put(in FileEntry entry);

    void Remove(long session, FileName name);

    void PutPart(long session, FileId id, PeerAddress address);

    void RemovePart(long session, FileId id);

    void RemoveAll(long session);

    /// <summary>Everything that this server's sessions and those of the others share.</summary>
    /// <param name="parts">The contents of which there may be parts.</param>
    HashSet<SharedItem> Contents(IEnumerable<FileId> parts);
}
