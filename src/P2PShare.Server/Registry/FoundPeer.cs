using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Server.Registry;

/// <summary>A peer that has a content, or a part of it.</summary>
/// <param name="Address">Where the peer serves it.</param>
/// <param name="IsWhole">Whether an owner with this address has the whole content.</param>
internal readonly record struct FoundPeer(EncodedAddress Address, bool IsWhole);
