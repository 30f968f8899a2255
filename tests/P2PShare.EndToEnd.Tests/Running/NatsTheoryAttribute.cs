using P2PShare.Testing.Nats;

namespace P2PShare.EndToEnd.Tests.Running;

/// <summary>A test with real NATS servers; it is skipped where <c>nats-server</c> is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NatsTheoryAttribute : TheoryAttribute
{
    public NatsTheoryAttribute() => Skip = RunningNats.WhySkipped;
}
