using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Server.Presence;

/// <summary>The cluster that this server is in, as SERVERS shows it (PROTOCOL.md, section 5.5).</summary>
internal interface IServerList
{
    /// <summary>
    /// The other servers at this moment, without this one. The list does not change after it was returned; sessions read it on many
    /// threads, and send its first <see cref="Protocol.Limits.MaxServerRows"/> rows.
    /// </summary>
    IReadOnlyList<ServerRow> Others { get; }
}
