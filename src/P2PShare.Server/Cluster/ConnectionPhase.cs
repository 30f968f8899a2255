namespace P2PShare.Server.Cluster;

/// <summary>How far a node is with its connection.</summary>
internal enum ConnectionPhase
{
    Disconnected,

    /// <summary>What the stream had before the connection is being received.</summary>
    Replaying,

    /// <summary>All of it has been received.</summary>
    CaughtUp,

    /// <summary>The server has ended.</summary>
    Left,
}
