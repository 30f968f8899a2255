using P2PShare.Server.Configuration;

namespace P2PShare.Server.Guards;

/// <summary>
/// A token bucket for one session's commands. A client that empties it is not refused: the server stops reading until there are
/// tokens again, and TCP makes the client wait.
/// </summary>
/// <param name="time">Read only when the bucket is empty, so that a command costs one subtraction.</param>
internal sealed class CommandRate(TimeProvider time)
{
    private int _left = ServerLimits.CommandBurst;
    private long _filledAt = time.GetTimestamp();

    /// <summary>Takes one token. False where the bucket is empty: the command has to wait for <see cref="RefillAsync"/>.</summary>
    public bool TryTake() => --_left >= 0;

    /// <summary>Waits until the bucket has earned the tokens of a second, and takes the one for the command that waited.</summary>
    public async ValueTask RefillAsync(CancellationToken cancellation)
    {
        var earned = time.GetElapsedTime(_filledAt).TotalSeconds * ServerLimits.CommandsPerSecond;
        if (earned < ServerLimits.CommandsPerSecond)
            await Task.Delay(TimeSpan.FromSeconds(1 - earned / ServerLimits.CommandsPerSecond), time, cancellation);
        _left = (int)Math.Clamp(earned, ServerLimits.CommandsPerSecond, ServerLimits.CommandBurst) - 1;
        _filledAt = time.GetTimestamp();
    }
}
