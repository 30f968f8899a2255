using P2PShare.Testing;

namespace P2PShare.Simulation;

/// <summary>One end of a simulated connection.</summary>
internal sealed class SimulatedStream(SimulatedPipe incoming, SimulatedPipe outgoing) : UnseekableStream
{
    private bool _isDisposed;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return incoming.ReadAsync(buffer, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return outgoing.WriteAsync(buffer, cancellationToken);
    }

    public void CloseSending() => outgoing.Close();

    protected override void Dispose(bool disposing)
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            outgoing.Close();
        }

        base.Dispose(disposing);
    }
}
