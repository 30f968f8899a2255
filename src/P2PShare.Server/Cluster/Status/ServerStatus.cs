using P2PShare.Server.Cluster.Messages;

namespace P2PShare.Server.Cluster.Status;

/// <summary>Another server, as this one knows it.</summary>
/// <param name="Id">Its id since its last start.</param>
/// <param name="Number">The number by which the registry knows it.</param>
/// <param name="Lease">Its newest lease: address, key, what it shares, its lag; null where none has come yet.</param>
/// <param name="Age">How long ago it was heard of last.</param>
/// <param name="IsDoubtful">Whether that is so long that its entries come last.</param>
/// <param name="Pages">How many of its pages the registry has.</param>
internal sealed record ServerStatus(ServerId Id, int Number, LeaseMessage? Lease, TimeSpan Age, bool IsDoubtful, int Pages);
