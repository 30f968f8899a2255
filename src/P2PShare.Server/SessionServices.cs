using P2PShare.Server.Guards;
using P2PShare.Server.Registry;

namespace P2PShare.Server;

/// <summary>What all sessions of a server share.</summary>
internal sealed class SessionServices(IFileRegistry registry, TimeProvider time)
{
    public IFileRegistry Registry { get; } = registry;

    /// <summary>The clock of every time-out.</summary>
    public TimeProvider Time { get; } = time;

    public SessionTokenRegistry SessionTokens { get; } = new();

    public RefusalLog Refusals { get; } = new(time);

    /// <summary>
    /// Turns of searching. A search looks at every name, and some find nothing for seconds; one core less than there are works on
    /// them, so that lookups never wait behind them.
    /// </summary>
    public SemaphoreSlim SearchSlots { get; } = new(Math.Max(1, Environment.ProcessorCount - 1));
}
