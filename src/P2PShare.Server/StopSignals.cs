using System.Runtime.InteropServices;

namespace P2PShare.Server;

/// <summary>
/// Ctrl+C (SIGINT) and SIGTERM as one request to stop; and SIGHUP, which a closed terminal sends, unless it has another meaning.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <param name="onHangUp">What SIGHUP does instead of stopping the server, on a thread of the pool; null where it stops it.</param>
    public StopSignals(Action? onHangUp = null)
    {
        Register(PosixSignal.SIGINT, _stop.Cancel);
        Register(PosixSignal.SIGTERM, _stop.Cancel);
        Register(PosixSignal.SIGHUP, onHangUp ?? _stop.Cancel);
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    private void Register(PosixSignal signal, Action handle) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            handle();
        }));
}
