using System.Threading.Channels;

namespace P2PShare.Peer.Async;

/// <summary>
/// Lets workers of one channel sleep until there is work. A channel with several readers wakes all of them for each item and allocates
/// for each wait; this wakes one, by a signal of its own, and allocates nothing.
/// </summary>
internal sealed class IdleWorkers
{
    private readonly Lock _lock = new();
    private readonly Stack<Channel<bool>> _sleeping = new();
    private bool _hasEnded;

    /// <summary>Creates the wake-up signal of one worker.</summary>
    public static Channel<bool> NewSignal() => Channel.CreateBounded<bool>(1);

    /// <summary>Wakes one worker, if one sleeps. To be called after the item was written to the channel.</summary>
    public void WakeOne()
    {
        lock (_lock)
        {
            if (_sleeping.TryPop(out var signal))
                signal.Writer.TryWrite(true);
        }
    }

    /// <summary>
    /// Sleeps until woken, <paramref name="unless"/> there is an item that the worker has not seen. False once there will be no more.
    /// </summary>
    public ValueTask<bool> WaitAsync<T>(Channel<bool> signal, ChannelReader<T> unless)
    {
        lock (_lock)
        {
            if (_hasEnded || unless.TryPeek(out _))
                return ValueTask.FromResult(!_hasEnded);
            _sleeping.Push(signal);
        }

        return signal.Reader.ReadAsync(CancellationToken.None);
    }

    /// <summary>There will be no more items: wakes every worker.</summary>
    public void End()
    {
        lock (_lock)
        {
            _hasEnded = true;
            while (_sleeping.TryPop(out var signal))
                signal.Writer.TryWrite(false);
        }
    }
}
