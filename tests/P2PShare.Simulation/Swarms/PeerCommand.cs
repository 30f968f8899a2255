namespace P2PShare.Simulation.Swarms;

/// <summary>A GET of a piece or, where that is negative, a WATCH.</summary>
internal readonly record struct PeerCommand(int Piece, int Position, bool IsInterested)
{
    public bool IsGet => Piece >= 0;

    public static PeerCommand Get(int piece) => new(piece, 0, false);

    public static PeerCommand Watch(int position, bool isInterested) => new(-1, position, isInterested);
}
