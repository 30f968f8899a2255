namespace P2PShare.Server.Presence;

/// <summary>A session under one of its ports. Entries of the same address form a list.</summary>
internal sealed class DirectoryEntry(SessionPresence presence, int port)
{
    public SessionPresence Presence { get; } = presence;

    public int Port { get; } = port;

    /// <summary>The entry of this address that was made before, or null.</summary>
    public DirectoryEntry? Older { get; set; }

    /// <summary>The entry of this address that was made after, or null.</summary>
    public DirectoryEntry? Newer { get; set; }
}
