using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads;

/// <summary>Repairs one finished file in place.</summary>
/// <param name="name">Its name on the network.</param>
/// <param name="path">Its full path.</param>
/// <param name="identity">The content that it should have.</param>
internal sealed class FileRepair(FileName name, string path, FileIdentity identity)
{
    /// <param name="download">Fetches the pieces of a file that are not right.</param>
    /// <param name="cancellation">Stops the repair; pieces that were replaced stay replaced.</param>
    /// <exception cref="SaveFailedException">The file cannot be read or written, or is a different file.</exception>
    public async Task<DownloadOutcome> RunAsync(
        Func<DownloadFile, Task<(bool IsComplete, TransferSummary Transfer)>> download, CancellationToken cancellation)
    {
        // A file of one piece is either right or fetched whole. It is hashed and not looked up in the identity cache, because damage on
        // the disk does not change a file's date.
        if (identity.PieceCount <= 1 && await IsRightAsync(cancellation))
            return new DownloadOutcome.Intact(name, identity);
        RepairTarget? target = null;
        IPieceTarget OpenTarget() => target = new RepairTarget(path, identity);
        var (isComplete, transfer) = await download(new DownloadFile(name, identity, path, OpenTarget));
        return isComplete
            ? new DownloadOutcome.Repaired(name, identity, target?.KeptPath, transfer)
            : new DownloadOutcome.NotRepaired(name, identity, transfer);
    }

    private async Task<bool> IsRightAsync(CancellationToken cancellation)
    {
        using var file = ContentIdentifier.OpenForReading(path);
        return RandomAccess.GetLength(file) == identity.Size
            && (await FileHasher.HashAsync(file, path, identity.Size, hashed: null, cancellation)).Identity == identity;
    }
}
