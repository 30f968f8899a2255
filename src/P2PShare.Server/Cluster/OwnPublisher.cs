using P2PShare.Server.Cluster.Messages;

namespace P2PShare.Server.Cluster;

/// <summary>Gives what this server publishes its subject and version, under the id that it has at the moment.</summary>
internal sealed class OwnPublisher(ClusterSubjects subjects, IClusterOutput output, Func<ServerId> createId)
{
    private long _version;
    private long _lastPublication;

    public ServerId Id { get; private set; } = createId();

    /// <summary>The version that was used last under this id.</summary>
    public long LastVersion => _version;

    /// <summary>The version of the next message, which must be published next.</summary>
    public long NextVersion() => ++_version;

    /// <summary>
    /// Lets the next version be higher than this one, which was found in the stream under the own id. It is ignored where counting would
    /// end.
    /// </summary>
    public void SkipTo(long version)
    {
        if (version < MessageBounds.MaxVersion / 2)
            _version = Math.Max(_version, version);
    }

    /// <summary>Publishes a lease, and returns the publication's number.</summary>
    public long PublishLease(ReadOnlyMemory<byte> lease) => Publish(subjects.Lease(Id), lease);

    /// <summary>Publishes a page, and returns the publication's number.</summary>
    public long PublishPage(int page, ReadOnlyMemory<byte> message) => Publish(subjects.Page(Id, page), message);

    /// <summary>Removes everything that was published under the id.</summary>
    public void Purge() => output.Purge(Id, long.MaxValue);

    /// <summary>Takes a new id, whose versions count from 1 again.</summary>
    public void TakeNewId() => (Id, _version) = (createId(), 0);

    private long Publish(string subject, ReadOnlyMemory<byte> payload)
    {
        output.Publish(subject, payload, ++_lastPublication);
        return _lastPublication;
    }
}
