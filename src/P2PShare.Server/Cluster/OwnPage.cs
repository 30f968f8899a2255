namespace P2PShare.Server.Cluster;

/// <summary>What a node knows of the messages of one of its own pages.</summary>
internal struct OwnPage
{
    /// <summary>The version that was published last, whatever became of it.</summary>
    public long Published;

    /// <summary>The version that was received last; 0 for none.</summary>
    public long Received;

    /// <summary>The epoch in which it was received.</summary>
    public uint ReceivedEpoch;

    /// <summary>Whether the newest message in the stream is known to say that the page is empty.</summary>
    public bool IsTombstone;

    /// <summary>Whether the result of the last publication is not known yet.</summary>
    public bool IsUnderWay;

    /// <summary>Whether the page must be published again after that.</summary>
    public bool IsChanged;

    /// <summary>Whether it was found in the stream, and the registry has never had it.</summary>
    public bool IsStray;
}
