using System.Threading.Channels;
using P2PShare.Client.Content;
using P2PShare.Networking;
using P2PShare.Protocol.Text;

namespace P2PShare.Client.Downloads;

/// <summary>
/// Makes whole files durable and gives them their names, in this order: after a crash of the machine there is a partial file that is
/// resumed, or the finished one. Whatever has become whole meanwhile is done together, because a thousand small files one by one
/// take the disk a thousand times as long as all at once.
/// </summary>
/// <param name="whole">The files, as they become whole.</param>
/// <param name="state">Of the download.</param>
/// <param name="tools">What every download works with.</param>
internal sealed class Finisher(ChannelReader<DownloadFile> whole, DownloadState state, DownloadTools tools)
{
    /// <summary>Files together, each of them open; a few more than that wait.</summary>
    public static int MostAtOnce { get; } = Math.Clamp(Descriptors.RoomFor(4 * MostEver) / 4, FewestEver, MostEver);

    private const int MostEver = 256;
    private const int FewestEver = 32;

    // So many files are synced as fast one by one as with everything else that waits for the disk.
    private const int FewForOneByOne = 4;

    /// <summary>Works until there will be no more files; where something is wrong, cancels <paramref name="ending"/> and throws what it is.</summary>
    /// <exception cref="SaveFailedException">Our side of it failed; what was fetched is kept.</exception>
    public async Task RunAsync(CancellationTokenSource ending)
    {
        var files = new List<DownloadFile>();
        while (await whole.WaitToReadAsync())
        {
            files.Clear();
            while (files.Count < MostAtOnce && whole.TryRead(out var file))
                files.Add(file);
            Finish(files, ending);
        }
    }

    private void Finish(List<DownloadFile> files, CancellationTokenSource ending)
    {
        try
        {
            Sync(files);
            foreach (var file in files)
                file.Finish();
            Sync(files);
            foreach (var file in files)
                Remember(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ending.Cancel();
            throw new SaveFailedException(e.Message, e);
        }
    }

    private void Remember(DownloadFile file)
    {
        file.Dispose();
        tools.Identifier.Remember(file.FinishedPath!, file.Layer!);
        tools.Log.Information("Fetched {Name:l}", Printable.Of(file.Name.ToString()));
        state.CountFinishedFile();
    }

    private static void Sync(List<DownloadFile> files)
    {
        if (files.Count > FewForOneByOne && LinuxFile.TrySyncFileSystems(files.Select(file => file.Target.Handle)))
            return;
        foreach (var file in files)
            RandomAccess.FlushToDisk(file.Target.Handle);
    }
}
