using System.Threading.Tasks.Sources;

namespace P2PShare.Networking.Linux;

/// <summary>
/// A resettable event for one waiter: whether one direction of a socket is worth a try. The waiter resumes on the thread that
/// signals, without an allocation.
/// </summary>
/// <param name="isReady">The state before the kernel has reported anything.</param>
internal sealed class Readiness(bool isReady) : IValueTaskSource, IValueTaskSource<int>
{
    private const int NotReady = 0;
    private const int Ready = 1;
    private const int Awaited = 2;

    private ManualResetValueTaskSourceCore<bool> _source;
    private CancellationToken _cancellation;
    private CancellationTokenRegistration _registration;
    private volatile bool _isLatched;
    private int _state = isReady ? Ready : NotReady;

    public bool IsReady => Volatile.Read(ref _state) == Ready;

    /// <summary>Makes it not ready. Has to come before the try, so that a signal during the try is kept.</summary>
    public void Reset()
    {
        if (!_isLatched)
            Volatile.Write(ref _state, NotReady);
    }

    /// <summary>Makes it ready while nobody waits: the last try left something that the kernel will not report again.</summary>
    public void Set() => Volatile.Write(ref _state, Ready);

    /// <summary>Makes it ready, and resumes the waiter on this thread.</summary>
    public void Signal()
    {
        if (Interlocked.Exchange(ref _state, Ready) == Awaited)
            _source.SetResult(true);
    }

    /// <summary>From now on <see cref="Reset"/> changes nothing: the direction has ended or failed, and every try reports so.</summary>
    public void Latch() => _isLatched = true;

    /// <summary>Latches, makes it ready, and resumes the waiter on the thread pool: for the thread that closes the socket.</summary>
    public void Close()
    {
        _isLatched = true;
        if (Interlocked.Exchange(ref _state, Ready) != Awaited)
            return;
        _source.RunContinuationsAsynchronously = true;
        _source.SetResult(true);
    }

    /// <summary>Waits until it is ready.</summary>
    public ValueTask WaitAsync(CancellationToken cancellation) =>
        TryBeginWait(cancellation) ? new ValueTask(this, _source.Version) : ValueTask.CompletedTask;

    /// <summary>The same wait with the result of a zero-byte read.</summary>
    public ValueTask<int> WaitAsZeroByteReadAsync(CancellationToken cancellation) =>
        TryBeginWait(cancellation) ? new ValueTask<int>(this, _source.Version) : ValueTask.FromResult(0);

    private bool TryBeginWait(CancellationToken cancellation)
    {
        _source.Reset();
        _source.RunContinuationsAsynchronously = false;
        _cancellation = cancellation;
        if (Interlocked.CompareExchange(ref _state, Awaited, NotReady) != NotReady)
            return false;
        if (cancellation.CanBeCanceled)
            _registration = cancellation.UnsafeRegister(static self => ((Readiness)self!).Cancel(), this);
        return true;
    }

    void IValueTaskSource.GetResult(short token)
    {
        _registration.Dispose();
        _registration = default;
        _source.GetResult(token);
    }

    int IValueTaskSource<int>.GetResult(short token)
    {
        ((IValueTaskSource)this).GetResult(token);
        return 0;
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Cancel()
    {
        if (Interlocked.CompareExchange(ref _state, NotReady, Awaited) != Awaited)
            return;
        _source.RunContinuationsAsynchronously = true;
        _source.SetException(new OperationCanceledException(_cancellation));
    }
}
