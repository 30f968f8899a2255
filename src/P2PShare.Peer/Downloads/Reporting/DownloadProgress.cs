namespace P2PShare.Peer.Downloads.Reporting;

/// <summary>How far a download is.</summary>
/// <param name="Bytes">Bytes of content received so far, those of an earlier run included; verified where the content is known.</param>
/// <param name="TotalBytes">Null where the owner speaks only protocol 1.0, which does not tell a size.</param>
/// <param name="Files">Files that are finished.</param>
/// <param name="TotalFiles">1 unless a folder is fetched.</param>
/// <param name="Owners">Owners that are connected.</param>
internal readonly record struct DownloadProgress(long Bytes, long? TotalBytes, int Files, int TotalFiles, int Owners);
