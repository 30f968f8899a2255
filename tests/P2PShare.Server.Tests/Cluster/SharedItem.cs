using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Tests.Cluster;

/// <summary>One entry or one part in a registry, without the numbers that each registry gives to sessions.</summary>
/// <param name="Address">Where it is served.</param>
/// <param name="Name">The name of an entry; empty for a part.</param>
/// <param name="Id">The content; null where it is unknown.</param>
internal readonly record struct SharedItem(PeerAddress Address, string Name, FileId? Id);
