using System.Runtime.InteropServices;

namespace P2PShare.Client.Cli;

/// <summary>
/// Handles signals: Ctrl+C (SIGINT) cancels the running command, or ends the program where none runs; a closed terminal (SIGHUP) and
/// SIGTERM end the program in order.
/// </summary>
internal sealed class Signals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;

    public Signals(Interrupts interrupts, CancellationTokenSource ending)
    {
        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            ending.Cancel();
        }

        void Interrupt(PosixSignalContext context)
        {
            context.Cancel = true;
            if (!interrupts.TryInterrupt())
                ending.Cancel();
        }

        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, End),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, End),
        ];
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }
}
