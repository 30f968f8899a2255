namespace P2PShare.Server.Tests.Cluster.Nodes;

/// <summary>What a node has published.</summary>
/// <param name="Subject">Its last part: "lease" or the number of a page.</param>
/// <param name="Server">The id in the subject.</param>
/// <param name="Payload">The message.</param>
/// <param name="Number">How the node names the publication.</param>
internal sealed record Publication(string Subject, string Server, byte[] Payload, long Number);
