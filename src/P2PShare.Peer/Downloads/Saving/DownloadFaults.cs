using P2PShare.Peer.Downloads.Scheduling;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>What was fetched cannot be saved: no room, no permission, a name too long. Ends the download; the message is fit for the user.</summary>
internal sealed class SaveFailedException(string message, Exception cause) : Exception(message, cause);

/// <summary>An owner sent a piece whose hash is wrong.</summary>
internal sealed class WrongPieceException(PieceRef piece) : Exception("it sent wrong bytes")
{
    public PieceRef Piece { get; } = piece;
}
