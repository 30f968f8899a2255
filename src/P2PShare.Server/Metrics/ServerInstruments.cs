using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using P2PShare.Protocol.Grammar;
using P2PShare.Server.Registry;

namespace P2PShare.Server.Metrics;

/// <summary>
/// The server's instruments. All are observable: nothing happens between two readings but what <see cref="ServerCounters"/> counts. Their
/// names are those of Prometheus; a histogram is three instruments, <c>_bucket</c>, <c>_sum</c> and <c>_count</c>, because .NET has no
/// observable one.
/// </summary>
internal sealed class ServerInstruments : IDisposable
{
    private readonly ServerCounters _counters;
    private readonly IServerReadings _server;

    /// <param name="counters">What the sessions have counted.</param>
    /// <param name="server">What is read from the server.</param>
    /// <param name="registry">Counts what is shared.</param>
    public ServerInstruments(ServerCounters counters, IServerReadings server, Func<RegistryCounts> registry)
    {
        (_counters, _server) = (counters, server);
        using var process = Process.GetCurrentProcess();
        var startTime = new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
        Meter.CreateObservableGauge("p2pshare_server_sessions", () => server.Sessions, null, "Connections of now.");
        Counter("p2pshare_server_connections_total", () => server.Connections, "Connections so far, with those that were refused.");
        Meter.CreateObservableGauge(
            "p2pshare_server_files", () => registry().Files, null, "Files that are shared: one of two owners is two.");
        Meter.CreateObservableGauge("p2pshare_server_parts", () => registry().Parts, null, "Parts of files that are shared.");
        Meter.CreateObservableGauge("p2pshare_server_owners", () => registry().Owners, null, "Sessions that share files.");
        Meter.CreateObservableCounter("p2pshare_server_requests_total", Requests, null, "Requests by verb and outcome.");
        Meter.CreateObservableCounter(
            "p2pshare_server_refusals_total", Refusals, null, "Requests and connections that were refused, by reason.");
        Counter("p2pshare_server_received_bytes_total", () => counters.ReceivedBytes, "Bytes that were received from clients.");
        Counter("p2pshare_server_sent_bytes_total", () => counters.SentBytes, "Bytes that were sent to clients.");
        Meter.CreateObservableCounter(
            "p2pshare_server_request_seconds_bucket", Buckets, null,
            "From the arrival of a request, or of those it came with, until all their replies were sent.");
        Meter.CreateObservableCounter("p2pshare_server_request_seconds_sum", () => counters.TotalLatency.TotalSeconds);
        Meter.CreateObservableCounter("p2pshare_server_request_seconds_count", () => Buckets()[^1].Value);
        Meter.CreateObservableGauge(
            "p2pshare_server_event_loop_lag_seconds", LoopLags, null,
            "How long a connection that became ready waited for its event loop, measured at this reading.");
        Meter.CreateObservableGauge("process_resident_memory_bytes", () => Environment.WorkingSet, null, "Resident memory.");
        Meter.CreateObservableGauge(
            "p2pshare_server_gc_heap_bytes", () => GC.GetTotalMemory(false), null, "Memory of the garbage collector's heap.");
        Meter.CreateObservableCounter(
            "process_cpu_seconds_total", () => Environment.CpuUsage.TotalTime.TotalSeconds, null, "Processor time, user and system.");
        Meter.CreateObservableGauge("process_start_time_seconds", () => startTime, null, "When the process started, in Unix time.");
    }

    /// <summary>The last measurement, by the loop's number.</summary>
    public IReadOnlyList<TimeSpan> LoopLagsOfNow { get; set; } = [];

    public Meter Meter { get; } = new("P2PShare.Server");

    public void Dispose() => Meter.Dispose();

    private void Counter(string name, Func<long> read, string description) =>
        Meter.CreateObservableCounter(name, read, null, description);

    private List<Measurement<long>> Requests()
    {
        var measurements = new List<Measurement<long>>();
        foreach (var verb in Enum.GetValues<Verb>())
        {
            foreach (var outcome in Enum.GetValues<Outcome>())
            {
                if (_counters.Requests(verb, outcome) is > 0 and var count)
                    measurements.Add(new(count, new("verb", WordOf(verb)), new("outcome", WordOf(outcome))));
            }
        }

        return measurements;
    }

    private IEnumerable<Measurement<long>> Refusals() =>
        _server.Refusals.Select(refusal => new Measurement<long>(refusal.Value, new KeyValuePair<string, object?>("reason", refusal.Key)));

    // Each holds those before it.
    private List<Measurement<long>> Buckets()
    {
        var measurements = new List<Measurement<long>>(LatencyBuckets.Count);
        long sum = 0;
        for (var bucket = 0; bucket < LatencyBuckets.Count; bucket++)
        {
            sum += _counters.RequestsInBucket(bucket);
            var bound = bucket < LatencyBuckets.Bounds.Count
                ? LatencyBuckets.Bounds[bucket].ToString("0.######", CultureInfo.InvariantCulture)
                : "+Inf";
            measurements.Add(new(sum, new KeyValuePair<string, object?>("le", bound)));
        }

        return measurements;
    }

    private IEnumerable<Measurement<double>> LoopLags() =>
        LoopLagsOfNow.Select(
            (lag, loop) => new Measurement<double>(lag.TotalSeconds, new KeyValuePair<string, object?>("loop", loop)));

    private static string WordOf(Verb verb) => verb == Verb.Unknown ? "unknown" : Encoding.ASCII.GetString(Verbs.WordOf(verb));

    private static string WordOf(Outcome outcome) => outcome switch
    {
        Outcome.Ok => "ok",
        Outcome.NotFound => "not_found",
        _ => "refused",
    };
}
