using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Reporting;

/// <summary>How a download or a repair ended, one record for each way. It holds facts; the program that shows them words them.</summary>
/// <param name="Succeeded">The content is whole and in place, as far as that can be known.</param>
internal abstract record DownloadOutcome(bool Succeeded)
{
    /// <summary>The file is saved, and every byte is verified.</summary>
    /// <param name="Path">The full path it is saved under.</param>
    /// <param name="IsRenamed">Another file has the wanted name, so this one has a number in its name.</param>
    /// <param name="IsUpdate">It has replaced an older file.</param>
    /// <param name="IsShared">This peer shares it on from now.</param>
    /// <param name="Elapsed">From the first question to the finished file.</param>
    public sealed record Saved(
        FileName Name,
        FileIdentity Identity,
        string Path,
        bool IsRenamed,
        bool IsUpdate,
        bool IsShared,
        TimeSpan Elapsed,
        TransferSummary Transfer)
        : DownloadOutcome(true);

    /// <summary>The file is saved, but cannot be verified: its owner or the server speaks only protocol 1.0.</summary>
    /// <param name="Path">The full path it is saved under.</param>
    /// <param name="IsRenamed">Another file has the wanted name, so this one has a number in its name.</param>
    /// <param name="Bytes">0 where the file is empty or no longer shared; protocol 1.0 does not tell which.</param>
    /// <param name="IsServerPlain">The server, not only the owner, speaks only protocol 1.0.</param>
    public sealed record SavedUnverified(FileName Name, string Path, bool IsRenamed, long Bytes, PeerAddress Owner, bool IsServerPlain)
        : DownloadOutcome(true);

    /// <summary>A file with this content is at <paramref name="Path"/> already; nothing was fetched.</summary>
    public sealed record AlreadyThere(FileName Name, FileIdentity Identity, string Path) : DownloadOutcome(true);

    /// <summary>The files of a folder were fetched. It succeeded where every one of them is in place and verified.</summary>
    /// <param name="Path">The full path of the folder.</param>
    /// <param name="IsShared">This peer shares what it saved on from now.</param>
    /// <param name="Elapsed">From the first look at the folder to the last finished file.</param>
    public sealed record FolderFetched(
        FileName Root, string Path, FolderCounts Files, bool IsShared, TimeSpan Elapsed, TransferSummary Transfer)
        : DownloadOutcome(Files.Missing + Files.Obstructed + Files.Unverifiable == 0);

    /// <summary>No owner gives the rest of the file. What is verified is kept and will be resumed.</summary>
    public sealed record Incomplete(FileName Name, FileIdentity Identity, TransferSummary Transfer) : DownloadOutcome(false);

    /// <summary>
    /// The name stands for another content now, and nobody gives the rest of the old one. What is verified is kept, and serves the new
    /// one, too.
    /// </summary>
    public sealed record Superseded(FileName Name, FileIdentity Former, FileIdentity Current) : DownloadOutcome(false);

    /// <summary>No owner of the name is known.</summary>
    /// <param name="ExceptHere">This peer itself was left out of account: it may share the name.</param>
    public sealed record NotShared(FileName Name, bool ExceptHere) : DownloadOutcome(false);

    /// <summary>No other peer shares a file under the folder.</summary>
    public sealed record FolderNotShared(FileName Root) : DownloadOutcome(false);

    /// <summary>No owner shares the name with an id that begins with <paramref name="IdPrefix"/>.</summary>
    public sealed record ContentNotShared(FileName Name, string IdPrefix) : DownloadOutcome(false);

    /// <summary>Every attempt to fetch from an owner that speaks only protocol 1.0 failed. Nothing is kept.</summary>
    /// <param name="Owner">The owner of the last attempt.</param>
    /// <param name="Reason">Why the last attempt failed: the message of the fault.</param>
    public sealed record PlainFetchFailed(FileName Name, PeerAddress Owner, string Reason) : DownloadOutcome(false);

    /// <summary>A symbolic link or a file is where a folder is needed.</summary>
    /// <param name="Obstacle">The full path of that link or file.</param>
    public sealed record Obstructed(FileName Name, string Obstacle) : DownloadOutcome(false);

    /// <summary>The disk or the file system refused to save. What is verified is kept.</summary>
    /// <param name="Name">The file, or the folder, that was asked for.</param>
    /// <param name="Reason">The system's message.</param>
    public sealed record SaveFailed(FileName Name, string Reason) : DownloadOutcome(false);

    /// <summary>The one piece of the file was verified; nothing had to be done.</summary>
    public sealed record Intact(FileName Name, FileIdentity Identity) : DownloadOutcome(true);

    /// <summary>The file is right now. Where no bytes were fetched, every piece was right before.</summary>
    /// <param name="KeptPath">Where the former content is kept; null where it was not replaced as a whole.</param>
    public sealed record Repaired(FileName Name, FileIdentity Identity, string? KeptPath, TransferSummary Transfer) : DownloadOutcome(true);

    /// <summary>No owner gives the pieces that are wrong. Those that were replaced stay replaced.</summary>
    public sealed record NotRepaired(FileName Name, FileIdentity Identity, TransferSummary Transfer) : DownloadOutcome(false);

    /// <summary>No piece of the file at <paramref name="Path"/> is right, so it is a different file. It is left alone.</summary>
    public sealed record DifferentFile(FileName Name, string Path) : DownloadOutcome(false);

    /// <summary>There is no such file in the downloads folder <paramref name="Folder"/>.</summary>
    public sealed record NothingToRepair(FileName Name, string Folder) : DownloadOutcome(false);

    /// <summary>No owner says which content the name stands for, so there is nothing to verify the file against.</summary>
    public sealed record ContentUnknown(FileName Name) : DownloadOutcome(false);

    /// <summary>The server speaks only protocol 1.0, which has no folders.</summary>
    public sealed record FoldersUnsupported(FileName Root) : DownloadOutcome(false);

    /// <summary>The server speaks only protocol 1.0, which has no file ids to verify a file against.</summary>
    public sealed record RepairUnsupported(FileName Name) : DownloadOutcome(false);
}
