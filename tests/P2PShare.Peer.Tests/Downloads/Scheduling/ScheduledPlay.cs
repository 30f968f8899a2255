using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Protocol;

namespace P2PShare.Peer.Tests.Downloads.Scheduling;

/// <summary>Plays a download of one file against the scheduler: owners that send what they are asked in order, each at its own speed, in counted time.</summary>
internal sealed class ScheduledPlay(PieceScheduler scheduler, double[] mebibytesASecond, int vanishing, double vanishAfterSeconds)
{
    private readonly PriorityQueue<(int Owner, PieceRef Piece), double> _arrivals = new();
    private readonly double[] _freeAt = new double[mebibytesASecond.Length];
    private readonly HashSet<int> _gone = [];

    /// <summary>The seconds it took, and how many pieces came twice.</summary>
    public double Run(out int givenTwice)
    {
        givenTwice = 0;
        var now = 0.0;
        for (var owner = 0; owner < mebibytesASecond.Length; owner++)
            scheduler.Offer(owner, 0);
        AskEveryone(now);
        while (!scheduler.IsDone)
        {
            if (!_arrivals.TryDequeue(out var arrival, out now))
                throw new InvalidOperationException("Nothing is asked of anyone, and pieces are missing.");
            if (vanishing >= 0 && now >= vanishAfterSeconds && _gone.Add(vanishing))
                scheduler.Remove(vanishing);
            if (!_gone.Contains(arrival.Owner) && !scheduler.Complete(arrival.Owner, arrival.Piece, out _))
                givenTwice++;
            if (!_gone.Contains(arrival.Owner))
                scheduler.NoteRate(arrival.Owner, mebibytesASecond[arrival.Owner] * Limits.PieceBytes);
            AskEveryone(now);
        }

        return now;
    }

    private void AskEveryone(double now)
    {
        for (var owner = 0; owner < mebibytesASecond.Length; owner++)
        {
            while (!_gone.Contains(owner) && scheduler.TryTake(owner, out var piece))
            {
                _freeAt[owner] = Math.Max(now, _freeAt[owner]) + 1 / mebibytesASecond[owner];
                _arrivals.Enqueue((owner, piece), _freeAt[owner]);
            }
        }
    }
}
