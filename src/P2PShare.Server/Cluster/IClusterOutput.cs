using P2PShare.Server.Cluster.Messages;

namespace P2PShare.Server.Cluster;

/// <summary>
/// What a <see cref="ClusterNode"/> wants done. The calls come from within the calls to the node; they must return at once, be carried
/// out in their order, and not call the node.
/// </summary>
internal interface IClusterOutput
{
    /// <summary>Publishes a message, and later tells the node the result, unless the connection is lost before.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="payload">Must be copied before the call returns.</param>
    /// <param name="publication">Names the publication in <see cref="ClusterNode.Published"/>.</param>
    void Publish(string subject, ReadOnlyMemory<byte> payload, long publication);

    /// <summary>
    /// Removes all messages of a server from the stream, unless its newest lease there was stored after <paramref name="notHeardSince"/>.
    /// </summary>
    /// <remarks>
    /// The newest lease must be read from the stream before. A node whose delivery lags does not see the leases of the others, because
    /// the stream keeps only the newest one, so what it knows does not prove that a server has ended. And the purge must not go beyond the
    /// sequence that was the last one of the stream before that lease was read: after the stream has lost its memory, a server that has no
    /// lease may store it and its pages at this moment.
    /// </remarks>
    /// <param name="server">Whose messages.</param>
    /// <param name="notHeardSince">UTC ticks of the stream's time stamps; <see cref="long.MaxValue"/> for an own id, in any case.</param>
    void Purge(ServerId server, long notHeardSince);

    /// <summary>
    /// Asks for everything to be delivered anew, because a server that was forgotten lives. The node is told with
    /// <see cref="ClusterNode.Connected"/> when the new delivery begins; nothing of the old one may come after that.
    /// </summary>
    void Replay();
}
