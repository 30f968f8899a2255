using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace P2PShare.Testing;

/// <summary>
/// Waits for what has no event to await: a file that appears, an entry that leaves a list. It is the only place in the tests that
/// waits on a clock, with a deadline long enough that only something broken meets it.
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <param name="condition">Asked every 10 ms until it is true; what it throws reaches the test at once.</param>
    /// <param name="because">What should become true, as the end of the sentence "still waiting for ...".</param>
    /// <param name="deadline">30 s unless said.</param>
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
