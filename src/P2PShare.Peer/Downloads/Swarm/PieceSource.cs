using System.Runtime.ExceptionServices;
using P2PShare.Peer.Downloads.Saving;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>An owner as <see cref="PieceVerifier"/> sees it: how many of its pieces are still to be verified, and what was wrong with one.</summary>
/// <param name="number">The owner's number.</param>
/// <param name="ending">Cancelled where something is wrong.</param>
internal sealed class PieceSource(int number, CancellationTokenSource ending)
{
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _failure;

    // One for the owner itself, until it is done.
    private int _underWay = 1;

    public int Number => number;

    /// <summary>A piece of its was right.</summary>
    public bool HasGiven { get; set; }

    /// <summary>Whatever else it sent is not looked at.</summary>
    public bool HasFailed => Volatile.Read(ref _failure) is not null;

    /// <summary>A piece is to be verified.</summary>
    public void Begin() => Interlocked.Increment(ref _underWay);

    /// <summary>A piece was verified, or was not taken after all.</summary>
    public void End()
    {
        if (Interlocked.Decrement(ref _underWay) == 0)
            _settled.TrySetResult();
    }

    /// <summary>What is wrong first counts.</summary>
    public void Fail(Exception failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is null)
            ending.Cancel();
    }

    /// <summary>Nothing more will come of it: waits until all that came is verified.</summary>
    /// <exception cref="WrongPieceException">The owner lied.</exception>
    /// <exception cref="SaveFailedException">Our side of it failed.</exception>
    public async Task SettleAsync()
    {
        End();
        await _settled.Task;
        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);
    }
}
