namespace P2PShare.Simulation.Swarms;

/// <summary>
/// Lets waits end without running what comes after them. A wait for an upload slot is over when the slots say so, under their lock;
/// the simulation looks at them, so that nothing has to run later or on another thread, and the order of a run is that of its events.
/// </summary>
internal sealed class DroppedContinuations : SynchronizationContext, IDisposable
{
    private readonly SynchronizationContext? _before = Current;

    public static IDisposable Install()
    {
        var context = new DroppedContinuations();
        SetSynchronizationContext(context);
        return context;
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
    }

    public void Dispose() => SetSynchronizationContext(_before);
}
