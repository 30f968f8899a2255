using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Registry.Pages;

/// <summary>
/// A copy of what one session shares, or of a piece of it: the unit in which registries tell each other what they hold. Used again for
/// one page after the other.
/// </summary>
internal sealed class RegistryPage : IDisposable
{
    /// <summary>The most rows and parts of one page together.</summary>
    public const int MaxItems = 64;

    /// <summary>The session at its own server, 1 or more.</summary>
    public long Owner { get; set; }

    /// <summary>
    /// When the session began to share, in a time of the registries' own: of two sessions with the same address, the one with the higher
    /// value is the newer one, on whichever server. Every registry counts on from the highest value that it has seen.
    /// </summary>
    public long Since { get; set; }

    /// <summary>
    /// The entries. Their owner is <see cref="Owner"/>, and all have the same IP address; as a rule they have one port.
    /// </summary>
    public FileRows Rows { get; } = new(MaxItems);

    /// <summary>The contents that the session has a part of.</summary>
    public List<FileId> Parts { get; } = [];

    /// <summary>Where the parts are served.</summary>
    public PeerAddress PartsAddress { get; set; }

    public bool IsEmpty => Rows.Count == 0 && Parts.Count == 0;

    public void Clear()
    {
        Rows.Clear();
        Parts.Clear();
        (Owner, Since, PartsAddress) = (0, 0, default);
    }

    public void Dispose() => Rows.Dispose();
}
