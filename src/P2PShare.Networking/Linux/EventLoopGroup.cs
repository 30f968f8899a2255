using System.Diagnostics;
using System.Runtime.Versioning;

namespace P2PShare.Networking.Linux;

/// <summary>The event loops of a server: one for every two processors. New sockets go to them in rotation.</summary>
[SupportedOSPlatform("linux")]
internal sealed class EventLoopGroup : IDisposable
{
    private readonly EventLoop[] _loops =
        [.. Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount / 2)).Select(_ => new EventLoop())];

    private uint _rotation;

    /// <summary>The loop of the next socket.</summary>
    public EventLoop Next() => _loops[Interlocked.Increment(ref _rotation) % (uint)_loops.Length];

    /// <summary>
    /// Measures for each loop how long a socket that becomes ready now waits for its turn. This costs the loops nothing while nobody asks.
    /// </summary>
    /// <param name="atMost">The result for a loop that is held up for longer, or has ended.</param>
    public Task<TimeSpan[]> MeasureLagsAsync(TimeSpan atMost) => Task.WhenAll(_loops.Select(loop => MeasureLagAsync(loop, atMost)));

    public void Dispose()
    {
        foreach (var loop in _loops)
            loop.Dispose();
    }

    private static async Task<TimeSpan> MeasureLagAsync(EventLoop loop, TimeSpan atMost)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            await loop.ProbeAsync().WaitAsync(atMost);
            return Stopwatch.GetElapsedTime(began);
        }
        catch (TimeoutException)
        {
            return atMost;
        }
    }
}
