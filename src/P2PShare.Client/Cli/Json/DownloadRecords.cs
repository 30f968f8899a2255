using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Cli.Json;

/// <summary>The facts of a download as records. Pure.</summary>
internal static class DownloadRecords
{
    /// <param name="outcome">How a download or repair ended.</param>
    /// <param name="text">The line that says so, for the outcomes that are errors.</param>
    public static OutputRecord Of(DownloadOutcome outcome, string text) => outcome switch
    {
        DownloadOutcome.Saved it => new OutputRecord.Saved(
            it.Name.ToString(),
            it.Path,
            it.Identity.Size,
            it.Identity.Id.ToString(),
            IsVerified: true,
            it.IsRenamed,
            it.IsUpdate,
            it.IsShared,
            it.Transfer.FetchedBytes,
            it.Transfer.FoundBytes,
            it.Elapsed.TotalSeconds,
            it.Transfer.Owners,
            Addresses(it.Transfer)),
        DownloadOutcome.SavedUnverified it => new OutputRecord.Saved(
            it.Name.ToString(),
            it.Path,
            it.Bytes,
            null,
            IsVerified: false,
            it.IsRenamed,
            IsUpdate: false,
            IsShared: false,
            it.Bytes,
            FoundBytes: 0,
            null,
            1,
            []),
        DownloadOutcome.FolderFetched it => new OutputRecord.FolderSaved(
            it.Root.ToString(),
            it.Path,
            it.Files.Saved,
            it.Files.AlreadyThere,
            it.Files.Missing,
            it.Files.Obstructed,
            it.Files.Unverifiable,
            it.IsShared,
            it.Transfer.FetchedBytes,
            it.Transfer.FoundBytes,
            it.Elapsed.TotalSeconds,
            it.Transfer.Owners,
            Addresses(it.Transfer)),
        DownloadOutcome.AlreadyThere it => new OutputRecord.AlreadyThere(it.Name.ToString(), it.Path, it.Identity.Id.ToString()),
        DownloadOutcome.Intact it => new OutputRecord.Repaired(it.Name.ToString(), it.Identity.Id.ToString(), 0, null),
        DownloadOutcome.Repaired it =>
            new OutputRecord.Repaired(it.Name.ToString(), it.Identity.Id.ToString(), it.Transfer.FetchedBytes, it.KeptPath),
        _ => new OutputRecord.Error(CodeOf(outcome), text),
    };

    /// <summary>The code of an outcome that is an error, or of a folder that is not complete.</summary>
    public static string CodeOf(DownloadOutcome outcome) => outcome switch
    {
        DownloadOutcome.Incomplete or DownloadOutcome.FolderFetched => ErrorCodes.Incomplete,
        DownloadOutcome.Superseded => ErrorCodes.Superseded,
        DownloadOutcome.NotShared or DownloadOutcome.FolderNotShared or DownloadOutcome.ContentNotShared => ErrorCodes.NotShared,
        DownloadOutcome.PlainFetchFailed => ErrorCodes.FetchFailed,
        DownloadOutcome.Obstructed => ErrorCodes.Obstructed,
        DownloadOutcome.SaveFailed => ErrorCodes.SaveFailed,
        DownloadOutcome.NotRepaired => ErrorCodes.NotRepaired,
        DownloadOutcome.DifferentFile => ErrorCodes.DifferentFile,
        DownloadOutcome.NothingToRepair => ErrorCodes.NoSuchFile,
        DownloadOutcome.ContentUnknown => ErrorCodes.ContentUnknown,
        DownloadOutcome.FoldersUnsupported or DownloadOutcome.RepairUnsupported => ErrorCodes.Unsupported,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "an outcome without a code"),
    };

    /// <summary>The code of what happened while a download runs.</summary>
    public static string CodeOf(DownloadEvent happened) => happened switch
    {
        DownloadEvent.OtherContents => NoticeCodes.OtherContents,
        DownloadEvent.NameChanged => NoticeCodes.NameChanged,
        DownloadEvent.Obstructed => NoticeCodes.Obstructed,
        DownloadEvent.AllOwnersBusy => NoticeCodes.AllOwnersBusy,
        DownloadEvent.WaitingForOwner => NoticeCodes.WaitingForOwner,
        DownloadEvent.ContentChanged => NoticeCodes.ContentChanged,
        DownloadEvent.ContentReplaced => NoticeCodes.ContentReplaced,
        DownloadEvent.OwnerRejected => NoticeCodes.OwnerRejected,
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "an event without a code"),
    };

    /// <param name="name">What is fetched, as the network knows it.</param>
    /// <param name="progress">How far it is.</param>
    /// <param name="rate">Bytes per second of late.</param>
    public static OutputRecord Of(string name, DownloadProgress progress, double rate) => new OutputRecord.Progress(
        name,
        progress.Bytes,
        progress.TotalBytes,
        progress.Files,
        progress.TotalFiles,
        Math.Round(rate),
        progress.Owners,
        progress.SentBytes,
        progress.Requesters);

    private static IReadOnlyList<string> Addresses(TransferSummary transfer) =>
        [.. transfer.RejectedOwners.Select((PeerAddress owner) => owner.ToString())];
}
