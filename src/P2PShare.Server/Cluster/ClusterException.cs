namespace P2PShare.Server.Cluster;

/// <summary>The cluster cannot be joined, and trying again would not help: the message says what to change.</summary>
internal sealed class ClusterException(string message) : Exception(message);
