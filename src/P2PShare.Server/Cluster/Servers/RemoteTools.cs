using P2PShare.Server.Cluster.Status;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry.Pages;

namespace P2PShare.Server.Cluster.Servers;

/// <summary>What all <see cref="RemoteServer"/>s use.</summary>
/// <param name="Registry">Where pages go.</param>
/// <param name="Sessions">Where sessions are entered.</param>
/// <param name="Counters">Where is counted what is dropped or left out.</param>
/// <param name="Bounds">How much is taken on.</param>
/// <param name="Page">Each page is decoded into it.</param>
internal sealed record RemoteTools(
    IPageRegistry Registry, IClusterSessions Sessions, ClusterCounters Counters, ClusterBounds Bounds, RegistryPage Page);
