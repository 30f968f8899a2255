using System.Runtime.Versioning;

namespace P2PShare.Networking.Linux;

/// <summary>The event loops of a server: one for every two processors. New sockets go to them in rotation.</summary>
/// <param name="measuresRounds">Whether <see cref="TakeLongestRounds"/> has results.</param>
[SupportedOSPlatform("linux")]
internal sealed class EventLoopGroup(bool measuresRounds) : IDisposable
{
    private readonly EventLoop[] _loops =
        [.. Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount / 2)).Select(_ => new EventLoop(measuresRounds))];

    private uint _rotation;

    /// <summary>The loop of the next socket.</summary>
    public EventLoop Next() => _loops[Interlocked.Increment(ref _rotation) % (uint)_loops.Length];

    /// <inheritdoc cref="EventLoop.TakeLongestRound"/>
    public IReadOnlyList<TimeSpan> TakeLongestRounds() => [.. _loops.Select(loop => loop.TakeLongestRound())];

    public void Dispose()
    {
        foreach (var loop in _loops)
            loop.Dispose();
    }
}
