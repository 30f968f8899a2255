using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Protocol;

namespace P2PShare.Peer.Tests.Downloads.Scheduling;

/// <summary>
/// Plays a download of one file against the scheduler: each owner sends what is requested in order, at its own rate, in simulated time.
/// </summary>
internal sealed class ScheduledPlay(PieceScheduler scheduler, double[] mebibytesPerSecond, int vanishing, double vanishAfterSeconds)
{
    private readonly PriorityQueue<(int Owner, PieceRef Piece), double> _arrivals = new();
    private readonly double[] _freeAt = new double[mebibytesPerSecond.Length];
    private readonly HashSet<int> _gone = [];

    /// <summary>Returns the simulated seconds it took, and how many pieces were fetched twice.</summary>
    public double Run(out int fetchedTwice)
    {
        fetchedTwice = 0;
        var now = 0.0;
        for (var owner = 0; owner < mebibytesPerSecond.Length; owner++)
            scheduler.AddSource(owner, 0);
        RequestFromAll(now);
        while (!scheduler.IsDone)
        {
            if (!_arrivals.TryDequeue(out var arrival, out now))
                throw new InvalidOperationException("Pieces are missing, and none is requested.");
            if (vanishing >= 0 && now >= vanishAfterSeconds && _gone.Add(vanishing))
                scheduler.RemoveOwner(vanishing);
            if (!_gone.Contains(arrival.Owner) && !scheduler.Complete(arrival.Owner, arrival.Piece, out _))
                fetchedTwice++;
            if (!_gone.Contains(arrival.Owner))
                scheduler.SetRate(arrival.Owner, mebibytesPerSecond[arrival.Owner] * Limits.PieceBytes);
            RequestFromAll(now);
        }

        return now;
    }

    private void RequestFromAll(double now)
    {
        for (var owner = 0; owner < mebibytesPerSecond.Length; owner++)
        {
            while (!_gone.Contains(owner) && scheduler.TryPick(owner, out var piece))
            {
                _freeAt[owner] = Math.Max(now, _freeAt[owner]) + 1 / mebibytesPerSecond[owner];
                _arrivals.Enqueue((owner, piece), _freeAt[owner]);
            }
        }
    }
}
