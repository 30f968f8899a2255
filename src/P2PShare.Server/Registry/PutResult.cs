namespace P2PShare.Server.Registry;

/// <summary>What became of an entry or a part.</summary>
internal enum PutResult
{
    Stored,

    /// <summary>Not stored: all owners together have as many entries and parts as the server takes.</summary>
    RegistryFull,

    /// <summary>Not stored: the owner has as many entries and parts as one owner may have.</summary>
    OwnerFull,
}
