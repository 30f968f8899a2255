namespace P2PShare.Peer.Downloads;

/// <summary>How a download ended.</summary>
/// <param name="Succeeded">Whole and in place, as far as that can be known.</param>
/// <param name="Summary">One or more lines for the user, fit to print.</param>
internal sealed record DownloadOutcome(bool Succeeded, string Summary);
