namespace P2PShare.Server.Metrics;

/// <summary>What became of a request.</summary>
internal enum Outcome
{
    Ok,

    /// <summary>It was understood, and what it names is not shared.</summary>
    NotFound,

    Refused,
}
