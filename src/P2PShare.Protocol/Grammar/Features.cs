namespace P2PShare.Protocol.Grammar;

/// <summary>What a side supports beyond version 1.0. A side uses only features that the other side named.</summary>
[Flags]
public enum Features
{
    None = 0,

    /// <summary>To a server: SHARE, WITHDRAW, LOCATE, LOCATE_ID, LIST_SHARES. To a peer: GET and HASHES.</summary>
    Swarm = 1,

    /// <summary>To a server: SEARCH.</summary>
    Search = 2,

    /// <summary>To a server: PING.</summary>
    Ping = 4,

    /// <summary>To a server: RESUME.</summary>
    Resume = 8,

    /// <summary>To a server: SHARE_PART, WITHDRAW_PART, LOCATE_PEERS.</summary>
    Parts = 16,

    /// <summary>To a peer: WATCH.</summary>
    Pieces = 32,

    /// <summary>To a peer: META and FOLDERS.</summary>
    Meta = 64,

    /// <summary>To a server: WHOIS.</summary>
    Whois = 128,

    /// <summary>The other side accepts TLS on the same port.</summary>
    Tls = 256,

    /// <summary>To a private server: CERTIFY. Peers of this server talk to its members only.</summary>
    Members = 512,

    /// <summary>To a server of a cluster: SERVERS.</summary>
    Servers = 1024,
}
