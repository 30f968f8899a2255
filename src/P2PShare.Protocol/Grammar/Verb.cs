namespace P2PShare.Protocol.Grammar;

/// <summary>The commands of version 1.0 and of its features, to a server and to a peer. Their words are in <see cref="Verbs"/>.</summary>
public enum Verb
{
    Unknown,
    ProtoVersion,
    Register,
    Announce,
    ListFiles,
    Request,
    Share,
    Withdraw,
    Locate,
    LocateId,
    ListShares,
    Search,
    Ping,
    Resume,
    SharePart,
    WithdrawPart,
    LocatePeers,
    Whois,
    Join,
    Certify,
    Servers,
    Get,
    Hashes,
    Watch,
    Meta,
    Folders,
}
