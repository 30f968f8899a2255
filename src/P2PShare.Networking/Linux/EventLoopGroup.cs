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

    public void Dispose()
    {
        foreach (var loop in _loops)
            loop.Dispose();
    }
}
