namespace P2PShare.Peer.Downloads.Reporting;

/// <summary>How far a download is.</summary>
/// <param name="Bytes">Bytes of content received so far, those of an earlier run included; verified where the content is known.</param>
/// <param name="TotalBytes">Null where the owner speaks only protocol 1.0, which does not tell a size.</param>
/// <param name="Files">Files that are finished.</param>
/// <param name="TotalFiles">1 unless a folder is fetched.</param>
/// <param name="Owners">Owners that are connected.</param>
/// <param name="SentBytes">Bytes of the content that were sent to others meanwhile.</param>
/// <param name="Requesters">Others that were sent some of them in the last 5 s.</param>
internal readonly record struct DownloadProgress(
    long Bytes, long? TotalBytes, int Files, int TotalFiles, int Owners, long SentBytes = 0, int Requesters = 0);
