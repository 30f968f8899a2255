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
    /// Limits how many searches run at once. A search reads every name, and one without hits takes seconds; all but one of the cores
    /// may work on searches, so that lookups never wait for them.
    /// </summary>
    public SemaphoreSlim SearchSlots { get; } = new(Math.Max(1, Environment.ProcessorCount - 1));
}
