namespace P2PShare.Peer.Downloads.Scheduling;

/// <summary>A piece of one of a download's files, by their indexes.</summary>
internal readonly record struct PieceRef(int File, int Piece);
