namespace P2PShare.Client.Cli;

/// <summary>What Ctrl+C means at the moment: the end of the download that is running, else of the program.</summary>
internal sealed class Interrupts
{
    private readonly Lock _lock = new();
    private Interruptible? _current;

    /// <summary>From here to its disposal, an interrupt cancels the token.</summary>
    public Interruptible Begin(CancellationToken cancellation)
    {
        lock (_lock)
            return _current = new Interruptible(this, cancellation);
    }

    /// <summary>False where nothing was running that could be interrupted.</summary>
    public bool TryInterrupt()
    {
        Interruptible? running;
        lock (_lock)
            running = _current;
        running?.Cancel();
        return running is not null;
    }

    private void End(Interruptible ended)
    {
        lock (_lock)
        {
            if (_current == ended)
                _current = null;
        }
    }

    internal sealed class Interruptible(Interrupts owner, CancellationToken cancellation) : IDisposable
    {
        private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        public CancellationToken Token => _source.Token;

        public void Cancel()
        {
            try
            {
                _source.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It ended in this very moment.
            }
        }

        public void Dispose()
        {
            owner.End(this);
            _source.Dispose();
        }
    }
}
