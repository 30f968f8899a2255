using System.Diagnostics.Metrics;
using P2PShare.Server.Cluster.Status;

namespace P2PShare.Server.Metrics;

/// <summary>The instruments of a server in a cluster, all observable. Before the first connection to NATS they show nothing.</summary>
internal static class ClusterInstruments
{
    /// <param name="meter">Where they are added.</param>
    /// <param name="status">What is known of the cluster; null before the first connection.</param>
    public static void Add(Meter meter, Func<ClusterStatus?> status)
    {
        Gauge("p2pshare_cluster_connected", now => now.IsConnected ? 1 : 0, "Whether NATS is connected.");
        Gauge("p2pshare_cluster_caught_up", now => now.IsCaughtUp ? 1 : 0, "Whether all that NATS had at the connection was received.");
        Gauge("p2pshare_cluster_servers", now => now.Servers.Length, "Other servers.");
        Gauge("p2pshare_cluster_doubtful_servers", now => now.Servers.Count(server => server.IsDoubtful), "Other servers that are silent.");
        Gauge("p2pshare_cluster_pages", now => now.Servers.Sum(server => (long)server.Pages), "Pages of other servers.");
        meter.CreateObservableGauge(
            "p2pshare_cluster_lag_seconds", () => Read(status, now => now.Lag?.TotalSeconds ?? 0), null,
            "How long the last own lease took through NATS.");
        Counter("p2pshare_cluster_published_pages_total", now => now.PublishedPages, "Pages that were published.");
        Counter("p2pshare_cluster_published_bytes_total", now => now.PublishedBytes, "Bytes of these pages.");
        Counter("p2pshare_cluster_failed_publications_total", now => now.FailedPublications, "Publications without success.");
        Counter("p2pshare_cluster_left_out_files_total", now => now.LeftOutRows, "Files and parts of other servers without room here.");
        Counter("p2pshare_cluster_rejoins_total", now => now.Rejoins, "How often this server joined anew, because it had been silent.");
        meter.CreateObservableCounter(
            "p2pshare_cluster_dropped_messages_total", () => Dropped(status()), null, "Messages that were not applied, by reason.");

        void Gauge(string name, Func<ClusterStatus, long> read, string description) =>
            meter.CreateObservableGauge(name, () => Read(status, read), null, description);

        void Counter(string name, Func<ClusterStatus, long> read, string description) =>
            meter.CreateObservableCounter(name, () => Read(status, read), null, description);
    }

    private static IEnumerable<Measurement<T>> Read<T>(Func<ClusterStatus?> status, Func<ClusterStatus, T> read)
        where T : struct => status() is { } now ? [new Measurement<T>(read(now))] : [];

    private static IEnumerable<Measurement<long>> Dropped(ClusterStatus? status) => status is null
        ? []
        : status.Dropped.Select(
            (count, reason) => new Measurement<long>(count, new KeyValuePair<string, object?>("reason", WordOf((DropReason)reason))));

    private static string WordOf(DropReason reason) => reason switch
    {
        DropReason.UnknownSubject => "unknown_subject",
        DropReason.Refused => "refused",
        DropReason.TooManyServers => "too_many_servers",
        DropReason.TooManyPages => "too_many_pages",
        DropReason.Ended => "ended",
        _ => "awaits_replay",
    };
}
