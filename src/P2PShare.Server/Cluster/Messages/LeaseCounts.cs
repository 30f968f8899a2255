namespace P2PShare.Server.Cluster.Messages;

/// <summary>What the own sessions of a server share.</summary>
internal readonly record struct LeaseCounts(long Files, long Parts, long Sessions);
