namespace P2PShare.Peer.Downloads.Reporting;

/// <summary>Is told of a download while it runs, from any thread.</summary>
internal interface IDownloadObserver
{
    void Report(DownloadProgress progress);

    void Notify(DownloadEvent happened);
}
