using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Tests.Downloads.Scheduling;

/// <summary>A scheduler, two owners, and the steps that most tests share.</summary>
public abstract class SchedulerScene
{
    private protected const int Fast = 0;
    private protected const int Slow = 1;
    private protected const double MiB = 1024 * 1024;

    private protected readonly PieceScheduler _scheduler = new(new LowestChoice());

    private protected static FileIdentity Identity(long size)
    {
        var id = new byte[32];
        id[0] = 1;
        FileIdentity.TryCreate(new FileId(id), size, out var identity).Should().BeTrue();
        return identity;
    }

    private protected void OpenFile(int pieces) => OpenFile(Identity((long)pieces * Limits.PieceBytes));

    private protected void OpenFile(FileIdentity identity) => _scheduler.Open(_scheduler.AddFile(identity), []);

    private protected int Pick(int owner)
    {
        _scheduler.TryPick(owner, out var piece).Should().BeTrue();
        return piece.Piece;
    }

    private protected List<int> PickAll(int owner)
    {
        var picked = new List<int>();
        while (_scheduler.TryPick(owner, out var piece))
            picked.Add(piece.Piece);
        return picked;
    }

    private protected void CompleteAll(int owner, params int[] pieces)
    {
        foreach (var piece in pieces)
            _scheduler.Complete(owner, new PieceRef(0, piece), out _).Should().BeTrue();
    }
}
