using P2PShare.Networking;
using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Peers;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Peer.Tests.Downloads;

/// <summary>A downloads folder, an index to fill, and a downloader that uses both.</summary>
public abstract class DownloadScene : IDisposable
{
    protected const int MiB = 1024 * 1024;

    private protected readonly TempFolder _folder = new();
    private protected readonly TableIndex _index = new();
    private protected readonly RecordingObserver _observer = new();
    private protected readonly Downloader _downloader;

    protected DownloadScene() => _downloader = NewDownloader(_index);

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    // Changes one byte of a shared file and restores its date, so that the owner does not notice.
    private protected static async Task DamageUnseenAsync(SharingPeer peer, string name, long at)
    {
        var file = peer.Shared.Snapshot().Single(shared => shared.Name == SharingPeer.NameOf(name));
        await using (var stream = new FileStream(file.Path, FileMode.Open, FileAccess.ReadWrite))
        {
            stream.Position = at;
            var old = stream.ReadByte();
            stream.Position = at;
            stream.WriteByte((byte)(old ^ 0xFF));
        }

        File.SetLastWriteTimeUtc(file.Path, new DateTime(file.Stamp.ModifiedTicks, DateTimeKind.Utc));
    }

    private protected Downloader NewDownloader(
        TableIndex index, TimeProvider? time = null, Dial? dial = null, RateLimiter? limit = null, bool keepsTimes = true)
    {
        var layers = new LayerStore(_folder.File(".cache/layers"), Logger.None);
        var cache = new IdentityCache(_folder.File(".cache/ids"), Logger.None);
        var identifier = new ContentIdentifier(cache, layers, TimeProvider.System, Logger.None);
        var services = new DownloadServices(dial ?? Dialer.ConnectAsync, identifier, layers, time ?? TimeProvider.System, Logger.None)
        {
            KeepsTimes = keepsTimes,
        };
        if (limit is not null)
            services = services with { Limit = limit };
        return new Downloader(new DownloadsFolder(_folder.Path, isRestrictive: false), index, services, _ => false);
    }

    private protected Task<DownloadOutcome> FetchAsync(string name) =>
        _downloader.FetchFileAsync(new FileRequest(SharingPeer.NameOf(name)), _observer, CancellationToken.None);

    protected byte[] Saved(string name) => File.ReadAllBytes(_folder.File(name));

    protected string[] Leftovers() => Directory.GetFiles(_folder.Path, "*.part", SearchOption.AllDirectories);

    private protected sealed class RecordingObserver : IDownloadObserver
    {
        public List<DownloadEvent> Events { get; } = [];

        public void Report(DownloadProgress progress)
        {
        }

        public void Notify(DownloadEvent happened) => Events.Add(happened);
    }
}
