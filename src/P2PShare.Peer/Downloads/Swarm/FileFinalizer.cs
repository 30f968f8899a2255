using System.Threading.Channels;
using P2PShare.Networking;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Linux;
using P2PShare.Protocol.Text;
using Serilog.Events;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>
/// Makes whole files durable and gives them their names, in this order: after a crash of the machine there is a partial file that is
/// resumed, or the finished one, or, of a single piece, none. Whatever has become whole meanwhile is done together, because a
/// thousand small files one by one take the disk a thousand times as long as all at once.
/// </summary>
/// <param name="whole">The files, as they become whole.</param>
/// <param name="state">Of the download.</param>
/// <param name="services">What every download works with.</param>
internal sealed class FileFinalizer(ChannelReader<DownloadFile> whole, DownloadState state, DownloadServices services)
{
    /// <summary>Files together, each of them open; a few more than that wait.</summary>
    public static int MostAtOnce { get; } = Math.Clamp(DescriptorLimit.RoomFor(4 * MostEver) / 4, FewestEver, MostEver);

    private const int MostEver = 1024;
    private const int FewestEver = 32;

    // Each time is a commit of the file system's journal, for which all wait who write there; and the longer the pause, the more names
    // are left to be given after the last file has come. Of 25, 100 and 300 ms this is the quickest for ten thousand files.
    private static readonly TimeSpan AtMostEvery = TimeSpan.FromMilliseconds(25);

    // So many files are synced as fast one by one as with everything else that waits for the disk.
    private const int FewForOneByOne = 4;

    /// <summary>Works until there will be no more files; where something is wrong, cancels <paramref name="ending"/> and throws what it is.</summary>
    /// <exception cref="SaveFailedException">Our side of it failed; what was fetched is kept.</exception>
    public async Task RunAsync(CancellationTokenSource ending)
    {
        var (files, named) = (new List<DownloadFile>(), new List<DownloadFile>());
        while (await whole.WaitToReadAsync())
        {
            var started = services.Time.GetTimestamp();
            while (files.Count < MostAtOnce && whole.TryRead(out var file))
                files.Add(file);
            Finish(files, named, ending);
            (files, named) = (named, files);
            if (!state.IsAllFetched)
                await WaitForMoreAsync(AtMostEvery - services.Time.GetElapsedTime(started), ending.Token);
            if (!whole.TryPeek(out _))
                Finish(files, named, ending);
        }
    }

    private async Task WaitForMoreAsync(TimeSpan time, CancellationToken ending)
    {
        if (time <= TimeSpan.Zero)
            return;
        await Task.WhenAny(state.AllFetched, Task.Delay(time, services.Time, ending));

        // Whoever fetched the last piece is let go on.
        await Task.Yield();
    }

    // One sync makes the content of these files durable, which may have their names then, and the names of those before them, which
    // are finished then.
    private void Finish(List<DownloadFile> files, List<DownloadFile> named, CancellationTokenSource ending)
    {
        try
        {
            Sync([.. named, .. files]);
            foreach (var file in files)
                file.Finish();
            Settle(named);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ending.Cancel();
            throw new SaveFailedException(e.Message, e);
        }
    }

    private void Settle(List<DownloadFile> named)
    {
        using var gathering = services.Identifier.Gather();
        foreach (var file in named)
        {
            services.Identifier.Remember(file.FinishedPath!, FileStamp.Of(file.Target.Handle), file.Layer!);
            file.Dispose();
            state.CountFinishedFile();
        }

        Log(named);
        named.Clear();
    }

    // A line for each of ten thousand files would take a fifth of their time, and push all others out of the log.
    private void Log(List<DownloadFile> finished)
    {
        var each = finished.Count > FewForOneByOne ? LogEventLevel.Debug : LogEventLevel.Information;
        if (finished.Count > FewForOneByOne)
            services.Log.Information("Fetched {Count} files, the last {Name:l}", finished.Count, Printable.Of(finished[^1].Name.ToString()));
        if (!services.Log.IsEnabled(each))
            return;
        foreach (var file in finished)
            services.Log.Write(each, "Fetched {Name:l}", Printable.Of(file.Name.ToString()));
    }

    private static void Sync(List<DownloadFile> files)
    {
        // Files of one folder are in one file system.
        if (files.Count > FewForOneByOne
            && LinuxFile.TrySyncFileSystems(files.DistinctBy(file => Path.GetDirectoryName(file.Goal)).Select(file => file.Target.Handle)))
            return;
        foreach (var file in files)
            RandomAccess.FlushToDisk(file.Target.Handle);
    }
}
