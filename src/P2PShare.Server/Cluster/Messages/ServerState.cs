namespace P2PShare.Server.Cluster.Messages;

/// <summary>What a server says of itself.</summary>
internal enum ServerState : byte
{
    Serving = 0,

    /// <summary>It has withdrawn everything, and its id is not used again.</summary>
    Ended = 1,
}
