using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads;

/// <summary>Which file to fetch, and where to.</summary>
/// <param name="Name">The name on the network.</param>
/// <param name="IdPrefix">Hex digits that the file id must begin with; null for the content that most owners have.</param>
/// <param name="Path">The full path to save to; null for the downloads folder.</param>
/// <param name="Replaces">
/// An older file at that path is replaced when the new one is whole; else it stays, and the new one gets a number.
/// </param>
internal sealed record FileRequest(FileName Name, string? IdPrefix = null, string? Path = null, bool Replaces = false);
