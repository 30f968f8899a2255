namespace P2PShare.Client.Cli;

/// <summary>
/// Decides what Ctrl+C does: it cancels the running command; where none runs, it clears the typed line, and in an empty line it ends the
/// program, the second time where a person types.
/// </summary>
/// <param name="tellHowToLeave">Tells how to leave, the first time; null where the first time ends the program.</param>
internal sealed class Interrupts(Action? tellHowToLeave = null)
{
    private readonly Lock _lock = new();
    private Interruptible? _current;
    private bool _wasTold;

    /// <summary>Clears the typed line. False where it is empty, or nobody types.</summary>
    public Func<bool> TryClearLine { get; set; } = () => false;

    /// <summary>Begins a command. Until the result is disposed of, an interrupt cancels its token.</summary>
    public Interruptible Begin(CancellationToken cancellation)
    {
        var begun = new Interruptible(this, cancellation);
        lock (_lock)
            (_current, _wasTold) = (begun, false);
        return begun;
    }

    /// <summary>Handles Ctrl+C. False where the program has to end.</summary>
    public bool TryInterrupt()
    {
        Interruptible? running;
        lock (_lock)
            running = _current;
        running?.Cancel();
        if (running is not null || TryClearLine())
            return true;
        lock (_lock)
        {
            if (tellHowToLeave is null || _wasTold)
                return false;
            _wasTold = true;
        }

        tellHowToLeave();
        return true;
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
