using System.Threading.Channels;
using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Linux;
using P2PShare.Peer.Sharing;
using P2PShare.Protocol.Text;
using Serilog.Events;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>
/// Makes whole files durable and gives them their names, in this order: after a crash of the machine there is either a partial file
/// that can be resumed or the finished file, or, where the file has one piece, neither. Files that become whole at about the same time
/// are synced together, because a sync for each of a thousand small files takes a thousand times as long as one sync for all.
/// </summary>
/// <param name="whole">The files, as they become whole.</param>
/// <param name="state">The download's state.</param>
/// <param name="services">What every download uses.</param>
/// <param name="batchSize">Files that are synced together; see <see cref="BatchSizeFor"/>.</param>
internal sealed class FileFinalizer(ChannelReader<DownloadFile> whole, DownloadState state, DownloadServices services, int batchSize)
{
    /// <summary>More descriptors than these do not make a batch larger.</summary>
    public const int MaxDescriptors = 4 * MaxBatchSize;

    private const int MaxBatchSize = 1024;
    private const int MinBatchSize = 32;

    // Each sync commits the file system's journal, which delays everybody who writes there; and the longer the interval, the more files
    // are left to be renamed after the last piece. Of 25, 100 and 300 ms this is the fastest for ten thousand files.
    private static readonly TimeSpan SyncInterval = TimeSpan.FromMilliseconds(25);

    // Up to so many files are synced as fast one by one as by a sync of the whole file system.
    private const int MaxSyncedOneByOne = 4;

    /// <summary>
    /// The batch size where this many descriptors may be used. A batch, the batch before it, and up to as many files that wait in the
    /// channel are open; the rest of the descriptors is for connections.
    /// </summary>
    public static int BatchSizeFor(int descriptors) => Math.Clamp(descriptors / 4, MinBatchSize, MaxBatchSize);

    /// <summary>Works until the channel is completed. Where it fails, cancels <paramref name="ending"/> and throws the reason.</summary>
    /// <exception cref="SaveFailedException">A file could not be synced or renamed; what was verified is kept.</exception>
    public async Task RunAsync(CancellationTokenSource ending)
    {
        var (files, named) = (new List<DownloadFile>(), new List<DownloadFile>());
        while (await whole.WaitToReadAsync())
        {
            var started = services.Time.GetTimestamp();
            while (files.Count < batchSize && whole.TryRead(out var file))
                files.Add(file);
            Finish(files, named, ending);
            (files, named) = (named, files);
            if (!state.IsAllFetched)
                await WaitForMoreAsync(SyncInterval - services.Time.GetElapsedTime(started), ending.Token);
            if (!whole.TryPeek(out _))
                Finish(files, named, ending);
        }
    }

    private async Task WaitForMoreAsync(TimeSpan time, CancellationToken ending)
    {
        if (time <= TimeSpan.Zero)
            return;
        await Task.WhenAny(state.AllFetched, Task.Delay(time, services.Time, ending));

        // Lets the worker that completed AllFetched go on first.
        await Task.Yield();
    }

    // One sync makes durable both the content of these files, which can then be renamed, and the names of the batch before, which is
    // then finished.
    private void Finish(List<DownloadFile> files, List<DownloadFile> named, CancellationTokenSource ending)
    {
        try
        {
            Sync([.. named, .. files]);
            foreach (var file in files)
                file.Finish(services.KeepsTimes);
            Complete(named);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ending.Cancel();
            throw new SaveFailedException(e.Message, e);
        }
    }

    private void Complete(List<DownloadFile> named)
    {
        using var gathering = services.Identifier.BeginBatch();
        foreach (var file in named)
        {
            var stamp = FileStamp.Of(file.Target.Handle);
            services.Identifier.Remember(file.FinishedPath!, stamp, file.Layer!);
            var content = new IdentifiedFile(stamp, file.Identity);
            file.IsSharedOn = services.Resharing is { } resharing
                && resharing.Finish(new SharedFile(file.Name, file.FinishedPath!, content, file.Part) { Told = file.Metadata }, file.Part);
            file.Dispose();
            state.CountFinishedFile();
        }

        Log(named);
        named.Clear();
    }

    // A line for each of ten thousand files would take a fifth of their time, and push all other lines out of the log.
    private void Log(List<DownloadFile> finished)
    {
        var each = finished.Count > MaxSyncedOneByOne ? LogEventLevel.Debug : LogEventLevel.Information;
        if (finished.Count > MaxSyncedOneByOne)
            services.Log.Information("Fetched {Count} files, the last {Name:l}", finished.Count, Shown(finished[^1]));
        if (!services.Log.IsEnabled(each))
            return;
        foreach (var file in finished)
            services.Log.Write(each, "Fetched {Name:l}", Shown(file));
    }

    private static string Shown(DownloadFile file) => Printable.Of(file.Name.ToString());

    private static void Sync(List<DownloadFile> files)
    {
        // The files of one folder are on one file system.
        var oneOfEachFolder = files.DistinctBy(file => Path.GetDirectoryName(file.Destination)).Select(file => file.Target.Handle);
        if (files.Count > MaxSyncedOneByOne && LinuxFile.TrySyncFileSystems(oneOfEachFolder))
            return;
        foreach (var file in files)
            RandomAccess.FlushToDisk(file.Target.Handle);
    }
}
