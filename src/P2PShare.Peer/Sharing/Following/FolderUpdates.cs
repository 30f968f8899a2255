using Serilog;

namespace P2PShare.Peer.Sharing.Following;

/// <summary>
/// Announces and withdraws files of a followed folder. That the server is away is no failure: what is shared then is announced after the
/// reconnection, and what is withdrawn is not.
/// </summary>
/// <param name="state">What is known of the files.</param>
/// <param name="announcer">Hashes and announces.</param>
/// <param name="publisher">Withdraws.</param>
/// <param name="log">The log.</param>
internal sealed class FolderUpdates(FolderState state, Announcer announcer, Publisher publisher, ILogger log)
{
    public async Task WithdrawAsync(IReadOnlyList<SharedFile> files, CancellationToken cancellation)
    {
        try
        {
            await publisher.WithdrawAsync(files, cancellation);
        }
        catch (IOException e)
        {
            log.Debug("The server could not be told what is withdrawn: {Reason:l}", e.Message);
        }
    }

    /// <summary>Hashes and announces files that are stable, and notes which of them are shared then.</summary>
    public async Task AnnounceAsync(IReadOnlyList<FollowedFile> files, FolderTally tally, CancellationToken cancellation)
    {
        if (files.Count == 0)
            return;
        var scan = PathScan.OfParts();
        scan.Files.AddRange(files.Where(file => !state.IsNameTaken(file)).Select(file => file.Found));
        try
        {
            var report = await announcer.AnnounceAsync(scan, hashed: null, cancellation);
            foreach (var skipped in report.Skipped)
                log.Warning("{Path} is not announced: {Reason} {Detail}", skipped.Path, skipped.Reason, skipped.Detail);
        }
        catch (IOException e)
        {
            log.Debug("The server could not be told of changed files: {Reason:l}", e.Message);
        }

        await WithdrawAsync(Complete(files, tally), cancellation);
    }

    // Returns what the user withdrew meanwhile.
    private List<SharedFile> Complete(IReadOnlyList<FollowedFile> files, FolderTally tally)
    {
        var unwanted = new List<SharedFile>();
        foreach (var file in files)
        {
            var wasShared = file.Shared is not null;
            if (state.Complete(file) is { } withdrawn)
                unwanted.Add(withdrawn);
            else if (file.State == FollowedState.Shared)
                tally.CountAnnounced(wasShared);
            else if (file.State == FollowedState.Failed && wasShared)
                tally.CountWithdrawn(1);
            else if (file.State == FollowedState.Failed)
                tally.CountFailed();
        }

        return unwanted;
    }
}
