using P2PShare.Server.Configuration;

namespace P2PShare.Server.Guards;

/// <summary>
/// A token bucket for one session's commands. Who empties it is not refused: reading waits, and with it, by TCP, the sender.
/// </summary>
/// <param name="time">Looked at only when a bucketful is used up, so that a command costs one subtraction.</param>
internal sealed class CommandRate(TimeProvider time)
{
    private int _left = ServerLimits.CommandBurst;
    private long _filledAt = time.GetTimestamp();

    /// <summary>Takes one command. False where it has to wait for <see cref="RefillAsync"/> first.</summary>
    public bool TryTake() => --_left >= 0;

    /// <summary>Waits until there is a second's worth again, or not at all where time enough has gone by.</summary>
    public async ValueTask RefillAsync(CancellationToken cancellation)
    {
        var earned = time.GetElapsedTime(_filledAt).TotalSeconds * ServerLimits.CommandsPerSecond;
        if (earned < ServerLimits.CommandsPerSecond)
            await Task.Delay(TimeSpan.FromSeconds(1 - earned / ServerLimits.CommandsPerSecond), time, cancellation);
        _left = (int)Math.Clamp(earned, ServerLimits.CommandsPerSecond, ServerLimits.CommandBurst) - 1;
        _filledAt = time.GetTimestamp();
    }
}
