using System.Runtime.ExceptionServices;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Peers;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>
/// An owner as <see cref="PieceVerifier"/> sees it: how many of its pieces are being verified, and the first fault among them.
/// </summary>
/// <param name="number">The owner's number in the scheduler.</param>
/// <param name="ending">Cancelled at the first fault.</param>
internal sealed class PieceSource(int number, CancellationTokenSource ending)
{
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _fault;

    // One more than the pieces that are being verified, until SettleAsync.
    private int _pending = 1;

    public int Number => number;

    /// <summary>At least one of its pieces was verified.</summary>
    public bool HasVerifiedPiece { get; private set; }

    /// <summary>There was a fault; its other pieces are dropped.</summary>
    public bool HasFailed => Volatile.Read(ref _fault) is not null;

    /// <summary>The verification of a piece begins.</summary>
    public void Begin() => Interlocked.Increment(ref _pending);

    /// <summary>The verification of a piece has ended, or the piece was not taken after all.</summary>
    public void End()
    {
        if (Interlocked.Decrement(ref _pending) == 0)
            _settled.TrySetResult();
    }

    public void NoteVerified() => HasVerifiedPiece = true;

    /// <summary>Notes a fault; the first one counts.</summary>
    public void Fail(Exception fault)
    {
        if (Interlocked.CompareExchange(ref _fault, fault, null) is null)
            ending.Cancel();
    }

    /// <summary>To be called when no more pieces will come: waits until all are verified.</summary>
    /// <exception cref="WrongPieceException">A piece failed verification.</exception>
    /// <exception cref="SaveFailedException">A piece could not be saved.</exception>
    public async Task SettleAsync()
    {
        End();
        await _settled.Task;
        if (_fault is not null)
            ExceptionDispatchInfo.Throw(_fault);
    }
}
