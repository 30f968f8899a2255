namespace P2PShare.Peer.Downloads.Scheduling;

/// <summary>
/// When every piece is requested: a piece that a slow owner will send much later than another one could is requested twice.
/// </summary>
internal static class Endgame
{
    /// <summary>Picks the piece with the longest wait that <paramref name="owner"/> would send much sooner.</summary>
    public static bool TryPick(
        ScheduledOwner owner, IReadOnlyCollection<ScheduledOwner> owners, IReadOnlyList<ScheduledFile> files, out PieceRef piece)
    {
        piece = default;
        var longest = 0.0;
        foreach (var slower in owners)
        {
            if (slower == owner)
                continue;
            var bytesBefore = 0L;
            foreach (var requested in slower.Requested)
            {
                var bytes = files[requested.File].Identity.PieceLength(requested.Piece);
                bytesBefore += bytes;
                var wait = slower.SecondsFor(bytesBefore);
                if (wait > longest && owner.WouldBeMuchFaster(bytes, wait) && IsCandidate(owner, requested, owners, files))
                    (longest, piece) = (wait, requested);
            }
        }

        return longest > 0;
    }

    private static bool IsCandidate(
        ScheduledOwner owner, PieceRef piece, IReadOnlyCollection<ScheduledOwner> owners, IReadOnlyList<ScheduledFile> files) =>
        owner.Has(piece.File, piece.Piece)
        && files[piece.File].IsRequested(piece.Piece)
        && owners.Count(other => other.Requested.Contains(piece)) == 1
        && !owner.Requested.Contains(piece);
}
