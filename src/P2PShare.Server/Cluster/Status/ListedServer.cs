using P2PShare.Server.Cluster.Messages;

namespace P2PShare.Server.Cluster.Status;

/// <summary>A server of a cluster as its newest lease describes it.</summary>
/// <param name="Id">Its id since its last start.</param>
/// <param name="Lease">What it said of itself.</param>
/// <param name="Age">How long ago that was, by the clocks of NATS and of this machine.</param>
internal sealed record ListedServer(ServerId Id, LeaseMessage Lease, TimeSpan Age);
