using System.Threading.Tasks.Sources;

namespace P2PShare.Networking;

/// <summary>
/// Whether one direction of a socket is worth trying, and a way to wait until it is; one waits at a time. Whoever waited goes on at
/// once, on the thread that found the socket ready.
/// </summary>
/// <param name="isReady">Before the kernel has said anything.</param>
internal sealed class Readiness(bool isReady) : IValueTaskSource, IValueTaskSource<int>
{
    private const int Exhausted = 0;
    private const int Ready = 1;
    private const int Awaited = 2;

    private ManualResetValueTaskSourceCore<bool> _source;
    private CancellationToken _cancellation;
    private CancellationTokenRegistration _registration;
    private volatile bool _isOver;
    private int _state = isReady ? Ready : Exhausted;

    public bool IsReady => Volatile.Read(ref _state) == Ready;

    /// <summary>To be said before the socket is tried, so that what comes during the try is not missed.</summary>
    public void NoteTry()
    {
        if (!_isOver)
            Volatile.Write(ref _state, Exhausted);
    }

    /// <summary>There may be more, though the kernel will not say so again.</summary>
    public void NoteMore() => Volatile.Write(ref _state, Ready);

    /// <summary>The kernel says that it is worth a try.</summary>
    public void Signal()
    {
        if (Interlocked.Exchange(ref _state, Ready) == Awaited)
            _source.SetResult(true);
    }

    /// <summary>Nothing will change any more: every try says what there is to say.</summary>
    public void NoteEnd() => _isOver = true;

    /// <summary>The same, said by whoever closes the socket, who does not want to go on with the waiter's work.</summary>
    public void Close()
    {
        _isOver = true;
        if (Interlocked.Exchange(ref _state, Ready) != Awaited)
            return;
        _source.RunContinuationsAsynchronously = true;
        _source.SetResult(true);
    }

    /// <summary>Ends when it is worth a try.</summary>
    public ValueTask WaitAsync(CancellationToken cancellation) =>
        TryBeginWait(cancellation) ? new ValueTask(this, _source.Version) : ValueTask.CompletedTask;

    /// <summary>The same as a read that has room for nothing: 0 bytes.</summary>
    public ValueTask<int> WaitForNothingAsync(CancellationToken cancellation) =>
        TryBeginWait(cancellation) ? new ValueTask<int>(this, _source.Version) : ValueTask.FromResult(0);

    private bool TryBeginWait(CancellationToken cancellation)
    {
        _source.Reset();
        _source.RunContinuationsAsynchronously = false;
        _cancellation = cancellation;
        if (Interlocked.CompareExchange(ref _state, Awaited, Exhausted) != Exhausted)
            return false;
        if (cancellation.CanBeCanceled)
            _registration = cancellation.UnsafeRegister(static one => ((Readiness)one!).Cancel(), this);
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

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Cancel()
    {
        if (Interlocked.CompareExchange(ref _state, Exhausted, Awaited) != Awaited)
            return;
        _source.RunContinuationsAsynchronously = true;
        _source.SetException(new OperationCanceledException(_cancellation));
    }
}
