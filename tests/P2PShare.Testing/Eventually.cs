using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace P2PShare.Testing;

/// <summary>
/// Polls for conditions that have no event to await: a file that appears, an entry that leaves a list. No other test code waits on
/// the clock. The deadline is long enough that only a defect reaches it.
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <param name="condition">Evaluated every 10 ms until it is true. Its exceptions are not caught.</param>
    /// <param name="because">The condition in words, which completes the sentence "still waiting for ...".</param>
    /// <param name="deadline">30 s by default.</param>
    /// <param name="expression">The text of the condition, filled in by the compiler.</param>
    /// <exception cref="TimeoutException">The condition was still false at the deadline.</exception>
    public static Task True(
        Func<bool> condition,
        string because,
        TimeSpan? deadline = null,
        [CallerArgumentExpression(nameof(condition))] string expression = "",
        CancellationToken cancellationToken = default) =>
        True(() => Task.FromResult(condition()), because, deadline, expression, cancellationToken);

    /// <inheritdoc cref="True(Func{bool}, string, TimeSpan?, string, CancellationToken)"/>
    public static async Task True(
        Func<Task<bool>> condition,
        string because,
        TimeSpan? deadline = null,
        [CallerArgumentExpression(nameof(condition))] string expression = "",
        CancellationToken cancellationToken = default)
    {
        var limit = deadline ?? DefaultDeadline;
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed >= limit)
                throw new TimeoutException($"After {limit.TotalSeconds:0.#} s still waiting for {because}: {expression}");
            await Task.Delay(Interval, cancellationToken);
        }
    }
}
