namespace P2PShare.Peer.Downloads.Reporting;

/// <summary>What became of each file of a folder; the counts do not overlap.</summary>
/// <param name="Saved">Fetched, verified and saved.</param>
/// <param name="AlreadyThere">In place before, with the same content.</param>
/// <param name="Missing">Not complete, because no owner gives the rest.</param>
/// <param name="Obstructed">A symbolic link or a file is where a folder is needed.</param>
/// <param name="Unverifiable">Left out, because all their owners speak only protocol 1.0.</param>
internal sealed record FolderCounts(int Saved, int AlreadyThere, int Missing, int Obstructed, int Unverifiable);
