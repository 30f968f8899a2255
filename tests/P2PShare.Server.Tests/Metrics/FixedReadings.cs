using P2PShare.Server.Metrics;

namespace P2PShare.Server.Tests.Metrics;

/// <summary>A server whose figures the test knows.</summary>
internal sealed class FixedReadings : IServerReadings
{
    public int Sessions => 4;

    public long Connections => 5;

    public bool AcceptsSessions { get; set; } = true;

    public IReadOnlyDictionary<string, long> Refusals { get; } = new Dictionary<string, long> { ["register first"] = 6 };

    public Task<IReadOnlyList<TimeSpan>> MeasureLoopLagsAsync(TimeSpan atMost) => Task.FromResult<IReadOnlyList<TimeSpan>>([atMost]);
}
