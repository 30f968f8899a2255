using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;

namespace P2PShare.Client.Text;

/// <summary>
/// Words the facts of a download for the user. Every line is printable. Pure, but for the current folder that paths are relative to.
/// </summary>
internal static class DownloadText
{
    private const string NoOwnerLeft = "no owner gives it any more";
    private const string RepairLater = "REPAIR it again when somebody shares it.";
    private const string Resumable = "What is verified is kept; REQUEST it again to go on.";

    /// <summary>One line that says how the download or repair ended.</summary>
    public static string Of(DownloadOutcome outcome) => outcome switch
    {
        DownloadOutcome.Saved saved => Of(saved),
        DownloadOutcome.SavedUnverified saved => Of(saved),
        DownloadOutcome.FolderFetched folder => Of(folder),
        DownloadOutcome.AlreadyThere there => $"{HumanFormat.PathFromHere(there.Path)} is already there, with the same content.",
        DownloadOutcome.Incomplete it => $"{Safe(it.Name)} is not complete: {NoOwnerLeft}. {Resumable}{Rejected(it.Transfer)}",
        DownloadOutcome.Superseded it =>
            $"{Safe(it.Name)} has changed at its owner: what was fetched is of #{it.Former.Id.Short}, and the name stands for "
            + $"#{it.Current.Id.Short} now. REQUEST it again for that; what is the same is not fetched again.",
        DownloadOutcome.NotShared { ExceptHere: true } it => $"Nobody else shares {Safe(it.Name)}. {Names(it.Name)}",
        DownloadOutcome.NotShared it => $"Nobody shares {Safe(it.Name)}. {Names(it.Name)}",
        DownloadOutcome.FolderNotShared it =>
            $"Nobody else shares a file under {Safe(it.Root)}/; LIST_FILES lists what is shared.",
        DownloadOutcome.ContentNotShared it =>
            $"Nobody shares {Safe(it.Name)} with an id that begins with {Printable.Of(it.IdPrefix)}; LIST_FILES shows the ids.",
        DownloadOutcome.PlainFetchFailed it =>
            $"{Safe(it.Name)} could not be fetched: {it.Owner}: {it.Reason}. REQUEST it again; another owner may answer.",
        DownloadOutcome.Obstructed it => Obstructed(it.Name, it.Obstacle),
        DownloadOutcome.SaveFailed it => SaveFailed(Printable.Of(it.Reason.TrimEnd('.'))),
        DownloadOutcome.Intact it => $"{Safe(it.Name)} is right; nothing was wrong.",
        DownloadOutcome.Repaired { Transfer.FetchedBytes: 0 } it => $"{Safe(it.Name)} is right; nothing had to be fetched.",
        DownloadOutcome.Repaired it =>
            $"{Safe(it.Name)} is repaired: {HumanFormat.Bytes(it.Transfer.FetchedBytes)} fetched."
            + $"{Kept(it.KeptPath)}{Rejected(it.Transfer)}",
        DownloadOutcome.NotRepaired it => $"{Safe(it.Name)} is not repaired: {NoOwnerLeft}. {RepairLater}{Rejected(it.Transfer)}",
        DownloadOutcome.DifferentFile =>
            "It cannot be saved: not a piece of it is right, so it is another file; give that one another name and REQUEST this one.",
        DownloadOutcome.NothingToRepair it => $"There is no file {Safe(it.Name)} in {Printable.Of(it.Folder)}; REQUEST fetches it.",
        DownloadOutcome.ContentUnknown it => $"Nobody says what {Safe(it.Name)} should be, so that it cannot be checked. {RepairLater}",
        DownloadOutcome.FoldersUnsupported => "This server does not know folders; REQUEST their files one by one.",
        DownloadOutcome.RepairUnsupported =>
            "This server does not know what files should be; nothing can be checked. REQUEST ... AS fetches another copy.",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "an outcome without a text"),
    };

    /// <summary>One line that says what happened while the download runs.</summary>
    public static string Of(DownloadEvent happened) => happened switch
    {
        DownloadEvent.OtherContents it =>
            $"{Safe(it.Name)} has {it.Others} other content{HumanFormat.Plural(it.Others)}; "
            + $"this is #{it.Chosen.Id.Short}, which most owners have.",
        DownloadEvent.NameChanged { IsInFolder: true } it =>
            $"{Safe(it.Name)} is saved as {LastPart(it.Path)}: this system cannot hold the name.",
        DownloadEvent.NameChanged it => $"Saved as {LastPart(it.Path)}: this system cannot hold the name.",
        DownloadEvent.Obstructed it => Obstructed(it.Name, it.Obstacle),
        DownloadEvent.AllOwnersBusy => "Every owner is busy with others; waiting for a turn.",
        DownloadEvent.WaitingForOwner it => $"No owner gives it at the moment; waiting up to {it.Patience.TotalSeconds:F0} s for one.",
        DownloadEvent.ContentChanged it =>
            $"{Safe(it.Name)} has changed at its owner; waiting up to {it.Patience.TotalSeconds:F0} s for what it is now.",
        DownloadEvent.ContentReplaced it =>
            $"{Safe(it.Name)} has changed: #{it.Current.Id.Short} is fetched now instead of #{it.Former.Id.Short}.",
        DownloadEvent.OwnerRejected it => $"Owner {it.Owner} is left out: {it.Reason}.",
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "an event without a text"),
    };

    private static string Of(DownloadOutcome.Saved it) =>
        $"{(it.IsUpdate ? "Updated" : "Saved")} {HumanFormat.PathFromHere(it.Path)}{Renamed(it.IsRenamed)}: "
        + $"{HumanFormat.Bytes(it.Identity.Size)}, every byte verified, "
        + $"{Fetched(it.Transfer, "fetched in", it.Elapsed)}{Rejected(it.Transfer)}"
        + (it.IsShared ? $" It is shared now; WITHDRAW {Safe(it.Name)} ends that." : "");

    private static string Of(DownloadOutcome.SavedUnverified it)
    {
        var plain = it.IsServerPlain ? "the server" : "its owner";
        var nothing = it.Bytes == 0 ? " The owner sent nothing: the file is empty, or no longer shared." : "";
        return $"Saved {HumanFormat.PathFromHere(it.Path)}{Renamed(it.IsRenamed)}: {HumanFormat.Bytes(it.Bytes)} from {it.Owner}. "
            + $"This copy could not be verified: {plain} speaks only protocol 1.0.{nothing}";
    }

    private static string Of(DownloadOutcome.FolderFetched it) =>
        $"{Safe(it.Root)}/ {HumanFormat.Count(it.Files.Saved, "file")} saved in {HumanFormat.PathFromHere(it.Path)}, every byte verified: "
        + $"{Fetched(it.Transfer, "in", it.Elapsed)}{Remarks(it.Files)}{Rejected(it.Transfer)}"
        + (it.IsShared ? " They are shared now; SHARED lists them." : "");

    private static string Remarks(FolderCounts files)
    {
        var remarks = "";
        if (files.AlreadyThere > 0)
            remarks += $" {HumanFormat.Count(files.AlreadyThere, "file")} already there, with the same content.";
        if (files.Unverifiable > 0)
            remarks += $" {HumanFormat.Count(files.Unverifiable, "file")} of owners that speak only protocol 1.0 left out; "
                + "REQUEST them by name.";
        if (files.Obstructed > 0)
            remarks += $" {HumanFormat.Count(files.Obstructed, "file")} could not be saved.";
        if (files.Missing > 0)
            remarks += $" {HumanFormat.Count(files.Missing, "file")} missing: {NoOwnerLeft}. REQUEST the folder again to go on.";
        return remarks;
    }

    private static string Fetched(TransferSummary transfer, string verb, TimeSpan elapsed) =>
        $"{HumanFormat.Bytes(transfer.FetchedBytes)} {verb} {HumanFormat.Time(elapsed)} "
        + $"from {HumanFormat.Count(transfer.Owners, "owner")}."
        + (transfer.FoundBytes == 0 ? "" : $" {HumanFormat.Bytes(transfer.FoundBytes)} were here already.");

    private static string Rejected(TransferSummary transfer) =>
        transfer.RejectedOwners.Count == 0 ? "" : $" Left out for wrong answers: {string.Join(", ", transfer.RejectedOwners)}.";

    private static string Renamed(bool isRenamed) => isRenamed ? " (the name was taken by another file)" : "";

    private static string Kept(string? path) => path is null ? "" : $" What it was is kept as {HumanFormat.PathFromHere(path)}.";

    private static string Obstructed(FileName name, string obstacle) =>
        $"{Safe(name)} cannot be saved: {Printable.Of(obstacle)} is in the way. Move that, or fetch with REQUEST ... AS <path>.";

    private static string SaveFailed(string reason) => $"It cannot be saved: {reason}. {Resumable}";

    private static string Names(FileName name) => $"LIST_FILES lists what is shared; a folder is fetched with REQUEST {Safe(name)}/";

    private static string LastPart(string path) => Printable.Of(Path.GetFileName(path));

    private static string Safe(FileName name) => Printable.Of(name.ToString());
}
