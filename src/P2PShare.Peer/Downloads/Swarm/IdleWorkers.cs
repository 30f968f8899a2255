using System.Threading.Channels;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>
/// Workers that have nothing to do. A channel that several read wakes all of them for each thing that comes, and makes an object for
/// each wait; here one is woken, by a bell of its own, and nothing is made.
/// </summary>
internal sealed class IdleWorkers
{
    private readonly Lock _lock = new();
    private readonly Stack<Channel<bool>> _bells = new();
    private bool _isOver;

    /// <summary>One for each worker.</summary>
    public static Channel<bool> NewBell() => Channel.CreateBounded<bool>(1);

    /// <summary>There is something to do: to be called after it was put where the workers look.</summary>
    public void WakeOne()
    {
        lock (_lock)
        {
            if (_bells.TryPop(out var bell))
                bell.Writer.TryWrite(true);
        }
    }

    /// <summary>Waits to be woken, <paramref name="unless"/> something has come that the worker has not seen. False where there will be nothing more.</summary>
    public ValueTask<bool> WaitAsync<T>(Channel<bool> bell, ChannelReader<T> unless)
    {
        lock (_lock)
        {
            if (_isOver || unless.TryPeek(out _))
                return ValueTask.FromResult(!_isOver);
            _bells.Push(bell);
        }

        return bell.Reader.ReadAsync(CancellationToken.None);
    }

    /// <summary>There will be nothing more.</summary>
    public void End()
    {
        lock (_lock)
        {
            _isOver = true;
            while (_bells.TryPop(out var bell))
                bell.Writer.TryWrite(false);
        }
    }
}
