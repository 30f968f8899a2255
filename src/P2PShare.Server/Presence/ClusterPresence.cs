namespace P2PShare.Server.Presence;

/// <summary>What sessions show of the cluster that their server is in.</summary>
/// <param name="Directory">The sessions of this server and of the others.</param>
/// <param name="Servers">The other servers.</param>
internal sealed record ClusterPresence(SessionDirectory Directory, IServerList Servers);
