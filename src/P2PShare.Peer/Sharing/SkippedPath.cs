namespace P2PShare.Peer.Sharing;

/// <summary>A path that was not shared, and why.</summary>
/// <param name="Path">A full path; untrusted text.</param>
/// <param name="Reason">Why.</param>
/// <param name="Detail">Untrusted text: what is wrong with the name, the system's message, or the server's reason. Else null.</param>
internal readonly record struct SkippedPath(string Path, SkipReason Reason, string? Detail = null);
