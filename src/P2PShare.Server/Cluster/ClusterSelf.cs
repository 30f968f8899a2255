using P2PShare.Protocol.Identity;
using P2PShare.Server.Cluster.Messages;

namespace P2PShare.Server.Cluster;

/// <summary>What a server says of itself in its leases.</summary>
/// <param name="Address">Where clients reach it; as <see cref="HostAndPort"/> writes it.</param>
/// <param name="Key">Its key; null where it has none.</param>
/// <param name="Started">When it started, in milliseconds since 1970, UTC.</param>
/// <param name="Counts">Says what its own sessions share at the moment.</param>
/// <param name="CreateId">Creates a random id.</param>
internal sealed record ClusterSelf(string Address, KeyFingerprint? Key, long Started, Func<LeaseCounts> Counts, Func<ServerId> CreateId);
