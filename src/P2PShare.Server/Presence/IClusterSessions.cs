using System.Net;

namespace P2PShare.Server.Presence;

/// <summary>What a cluster tells the other servers of this server's sessions, and where it enters theirs. Any thread may call it.</summary>
internal interface IClusterSessions
{
    /// <summary>Describes a session of this server. False where it is not registered, or has left.</summary>
    bool TryDescribe(long session, out SessionDescription description);

    /// <summary>Enters a session of another server, or a further port or another name of it.</summary>
    /// <param name="session">The number by which the registry knows it.</param>
    /// <param name="ip">The address of its client.</param>
    /// <param name="port">The port that it announced with.</param>
    /// <param name="description">Its name and key.</param>
    void EnterRemote(long session, IPAddress ip, int port, in SessionDescription description);

    /// <summary>Removes a session of another server. Does nothing where there is none.</summary>
    void RemoveRemote(long session);
}
