namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>What came of a request for a file's piece layer.</summary>
internal enum LayerResult
{
    /// <summary>The layer is known now, and the caller has to open the file.</summary>
    Fetched,

    /// <summary>Another owner's copy came first, and its worker opens the file.</summary>
    ElsewhereOpened,

    /// <summary>The owner does not have it: another may open the file, and this one counts as not having it.</summary>
    Missing,
}
