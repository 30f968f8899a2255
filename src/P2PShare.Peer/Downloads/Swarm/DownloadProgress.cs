namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>How far a download is. Bytes of content; files where it is a folder.</summary>
/// <param name="Bytes">Bytes that are there, verified where the content is known.</param>
/// <param name="TotalBytes">Null where the owner is a plain one, who does not say.</param>
/// <param name="Files">Files that are whole.</param>
/// <param name="TotalFiles">1 but for a folder.</param>
/// <param name="Owners">Owners that are being fetched from.</param>
internal readonly record struct DownloadProgress(long Bytes, long? TotalBytes, int Files, int TotalFiles, int Owners);

/// <summary>Who is told of a download while it runs, from any thread. Notes are whole sentences for the user, fit to print.</summary>
internal interface IDownloadObserver
{
    void Report(DownloadProgress progress);

    /// <summary>Something that the user should read, such as an owner that lied.</summary>
    void Note(string sentence);
}
