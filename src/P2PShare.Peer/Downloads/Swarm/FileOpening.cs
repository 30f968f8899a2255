using System.Threading.Channels;
using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads.Saving;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>Opens a file of several pieces whose layer is known: verifies what a former run left of it, and hands the rest to the scheduler.</summary>
internal static class FileOpening
{
    /// <exception cref="SaveFailedException">Its partial file cannot be made or read.</exception>
    public static async Task OpenAsync(
        DownloadFile file, int index, DownloadState state, ChannelWriter<DownloadFile> whole, CancellationToken cancellation)
    {
        bool[] there = [];
        try
        {
            if (file.Target.IsResumed)
                there = await FileHasher.FindValidPiecesAsync(file.Target.Handle, file.Layer!, hashed: null, cancellation);
            if (there.Length > 0)
                file.Target.Resume(there);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SaveFailedException(e.Message, e);
        }

        state.CountResumed(there.Select((isThere, piece) => isThere ? (long)file.Identity.PieceLength(piece) : 0).Sum());
        var isWhole = false;
        state.Change(scheduler => isWhole = scheduler.Open(index, there));
        if (isWhole)
            await whole.WriteAsync(file, cancellation);
    }
}
