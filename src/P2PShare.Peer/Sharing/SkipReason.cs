namespace P2PShare.Peer.Sharing;

/// <summary>Why a path is not shared.</summary>
internal enum SkipReason
{
    /// <summary>Its name begins with a dot.</summary>
    Hidden,

    SymbolicLink,

    /// <summary>The user excluded it, by a typed pattern or by one of a .p2pignore file.</summary>
    Excluded,

    NameNotUtf8,

    /// <summary>The name is not allowed on the network; the detail says why.</summary>
    NameNotAllowed,

    /// <summary>Another file has the same name in NFC.</summary>
    NameTaken,

    /// <summary>The file changed while it was hashed.</summary>
    BeingWritten,

    /// <summary>The file was deleted before it was hashed.</summary>
    Missing,

    Unreadable,

    /// <summary>Reading failed; the detail is the system's message.</summary>
    ReadFailed,

    /// <summary>The detail is the server's reason.</summary>
    RefusedByServer,
}
