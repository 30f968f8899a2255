using P2PShare.Protocol.Grammar;
using P2PShare.Server.Guards;
using P2PShare.Server.Members;
using P2PShare.Server.Metrics;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry;

namespace P2PShare.Server;

/// <summary>What all sessions of a server share.</summary>
/// <param name="registry">Who shares what.</param>
/// <param name="time">The clock of every time-out.</param>
/// <param name="counters">Where requests are counted; null where nobody asks for metrics.</param>
internal sealed class SessionServices(IFileRegistry registry, TimeProvider time, ServerCounters? counters = null)
{
    public IFileRegistry Registry { get; } = registry;

    /// <summary>The clock of every time-out.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Null where nothing is counted.</summary>
    public ServerCounters? Counters { get; } = counters;

    /// <summary>What the server supports beside what every server does.</summary>
    public Features OptionalFeatures { get; init; }

    /// <summary>Which sessions announced with which address.</summary>
    public SessionDirectory Directory { get; init; } = new();

    /// <summary>Null where the server is not private.</summary>
    public MemberRegistry? Members { get; init; }

    /// <summary>The other servers; null where this server is in no cluster.</summary>
    public IServerList? Servers { get; init; }

    public SessionTokenRegistry SessionTokens { get; } = new();

    /// <summary>Where refused lines and connections are logged and counted.</summary>
    public RefusalLog Refusals { get; init; } = new(time);

    /// <summary>
    /// Limits how many searches run at once. A search reads every name, and one without hits takes seconds; all but one of the cores
    /// may work on searches, so that lookups never wait for them.
    /// </summary>
    public SemaphoreSlim SearchSlots { get; } = new(Math.Max(1, Environment.ProcessorCount - 1));
}
