namespace P2PShare.Client.Peers;

/// <summary>
/// How many uploads run at once. Who waits is served in the order of coming; since a conversation has one GET at a time before
/// it, requesters take turns piece by piece.
/// </summary>
internal sealed class UploadSlots(int count, TimeSpan patience, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count, count);

    /// <summary>What to say to a requester who waited in vain.</summary>
    public int BusySeconds { get; } = (int)patience.TotalSeconds;

    /// <summary>False where none came free in time; else the caller calls <see cref="Return"/>.</summary>
    public async ValueTask<bool> TryTakeAsync(CancellationToken cancellation)
    {
        if (_free.Wait(0, cancellation))
            return true;
        using var tooLong = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLong.Token, cancellation);
        try
        {
            await _free.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Waits as long as it takes, for a plain requester, who cannot be told to come back.</summary>
    public Task TakeAsync(CancellationToken cancellation) => _free.WaitAsync(cancellation);

    public void Return() => _free.Release();

    public void Dispose() => _free.Dispose();
}
