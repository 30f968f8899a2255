namespace P2PShare.Server.Cluster.Status;

/// <summary>Why a message of the stream was not applied.</summary>
internal enum DropReason
{
    /// <summary>The subject is none of the cluster's.</summary>
    UnknownSubject,

    /// <summary>The message is of another format, too long, or has a field that is out of bounds.</summary>
    Refused,

    /// <summary>There are as many servers as one may know.</summary>
    TooManyServers,

    /// <summary>The server has as many pages as it may have.</summary>
    TooManyPages,

    /// <summary>The server has ended, or this server has taken a new id since.</summary>
    Ended,

    /// <summary>The server was forgotten, or had no room: its pages are complete only after a replay.</summary>
    AwaitsReplay,
}
