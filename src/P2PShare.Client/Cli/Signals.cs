using System.Runtime.InteropServices;

namespace P2PShare.Client.Cli;

/// <summary>
/// Handles signals: Ctrl+C (SIGINT) cancels the running command, or ends the program where none runs; a closed terminal (SIGHUP) and
/// SIGTERM end the program in order.
/// </summary>
internal sealed class Signals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations;

    /// <param name="interrupts">Handles Ctrl+C.</param>
    /// <param name="ending">Is cancelled to end the program.</param>
    /// <param name="refresh">Draws the terminal again, after it was resized or the program was stopped (Ctrl+Z).</param>
    public Signals(Interrupts interrupts, CancellationTokenSource ending, Action refresh)
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
        if (OperatingSystem.IsWindows())
            return;
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => refresh()));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => refresh()));
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }
}
