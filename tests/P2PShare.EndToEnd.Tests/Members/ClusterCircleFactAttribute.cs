namespace P2PShare.EndToEnd.Tests.Members;

/// <summary>A test with a real NATS server; it is skipped where <c>nats-server</c> is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClusterCircleFactAttribute : FactAttribute
{
    public ClusterCircleFactAttribute() => Skip = ClusterCircle.WhySkipped;
}
