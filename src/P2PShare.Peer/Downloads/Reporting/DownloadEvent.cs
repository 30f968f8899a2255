using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Reporting;

/// <summary>
/// Something that the user should know while a download runs, one record for each kind. It holds facts, as
/// <see cref="DownloadOutcome"/> does.
/// </summary>
internal abstract record DownloadEvent
{
    /// <summary>The name stands for several contents, and most owners have the one that is fetched.</summary>
    /// <param name="Others">How many other contents there are, at least 1.</param>
    public sealed record OtherContents(FileName Name, FileIdentity Chosen, int Others) : DownloadEvent;

    /// <summary>The file system cannot hold the name, so that characters of it are replaced.</summary>
    /// <param name="Path">The full path with the changed name.</param>
    /// <param name="IsInFolder">The file is one of a folder that is fetched.</param>
    public sealed record NameChanged(FileName Name, string Path, bool IsInFolder) : DownloadEvent;

    /// <summary>One of a folder's files cannot be saved: a symbolic link or a file is where a folder is needed.</summary>
    /// <param name="Obstacle">The full path of that link or file.</param>
    public sealed record Obstructed(FileName Name, string Obstacle) : DownloadEvent;

    /// <summary>Every connected owner has replied BUSY.</summary>
    public sealed record AllOwnersBusy : DownloadEvent;

    /// <summary>No owner is connected. The download ends unless one comes back.</summary>
    /// <param name="Patience">How long an owner is waited for in all.</param>
    public sealed record WaitingForOwner(TimeSpan Patience) : DownloadEvent;

    /// <summary>The file has changed at its owner, and no other owner is connected. The download ends unless one is found.</summary>
    /// <param name="Patience">How long the new content, or an owner of the old one, is waited for.</param>
    public sealed record ContentChanged(FileName Name, TimeSpan Patience) : DownloadEvent;

    /// <summary>The name stands for another content now, which is fetched instead: nothing of the old one was there yet.</summary>
    public sealed record ContentReplaced(FileName Name, FileIdentity Former, FileIdentity Current) : DownloadEvent;

    /// <summary>An owner sent a wrong piece or broke the protocol; nothing more is fetched from it.</summary>
    /// <param name="Reason">What it did: the message of the fault, whose subject is "it".</param>
    public sealed record OwnerRejected(PeerAddress Owner, string Reason) : DownloadEvent;
}
