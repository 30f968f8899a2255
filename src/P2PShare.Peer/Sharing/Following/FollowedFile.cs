using P2PShare.Peer.Linux;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Sharing.Following;

/// <summary>What is known of one file of a followed folder.</summary>
/// <param name="found">Its path and its name on the network.</param>
/// <param name="trace">Its trace when it was examined last.</param>
internal sealed class FollowedFile(FoundFile found, FileTrace trace)
{
    public FoundFile Found { get; } = found;

    /// <summary>Null where the name is not allowed on the network.</summary>
    public FileName? Name { get; } = FileName.TryParse(found.Name, out var name, out _) ? name : null;

    public FileTrace Trace { get; set; } = trace;

    public FollowedState State { get; set; }

    /// <summary>As it is shared; where it waits to be shared again, as it was shared before; null where it never was.</summary>
    public SharedFile? Shared { get; set; }

    /// <summary>How long it must not change before it is shared again.</summary>
    public TimeSpan StablePeriod { get; set; } = UnstableFiles.StablePeriod;

    /// <summary>A timestamp of the clock: when it was shared last.</summary>
    public long SharedSince { get; set; }
}

/// <summary>Whether a file of a followed folder is shared, and why not.</summary>
internal enum FollowedState
{
    /// <summary>It is new or has changed, and is not stable yet.</summary>
    Waiting,

    Shared,

    /// <summary>It could not be read, or the server refused it. It is tried again when it changes.</summary>
    Failed,

    /// <summary>The user withdrew it, or announced another file under its name: it is left alone.</summary>
    Withdrawn,
}
