namespace P2PShare.Client.Cli;

/// <summary>Decides what Ctrl+C does: it cancels the running command; where none runs, the caller ends the program.</summary>
internal sealed class Interrupts
{
    private readonly Lock _lock = new();
    private Interruptible? _current;

    /// <summary>Begins a command. Until the result is disposed of, an interrupt cancels its token.</summary>
    public Interruptible Begin(CancellationToken cancellation)
    {
        var begun = new Interruptible(this, cancellation);
        lock (_lock)
            _current = begun;
        return begun;
    }

    /// <summary>Cancels the running command. False where none runs.</summary>
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
                // The command ended at the same moment.
            }
        }

        public void Dispose()
        {
            owner.End(this);
            _source.Dispose();
        }
    }
}
