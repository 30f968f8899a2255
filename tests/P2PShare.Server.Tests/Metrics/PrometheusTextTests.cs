using System.Diagnostics.Metrics;
using P2PShare.Server.Metrics;
using P2PShare.Server.Registry;

namespace P2PShare.Server.Tests.Metrics;

public sealed class PrometheusTextTests
{
    [Fact]
    public void Gauges_counters_and_histograms_are_written_in_the_text_format()
    {
        using var meter = new Meter("test");
        meter.CreateObservableGauge("g", () => 1.5, null, "A gauge.");
        meter.CreateObservableCounter(
            "c_total", () => new Measurement<long>(7, new("a", "1"), new("b", "\"\\\n")), null, "A counter.");
        meter.CreateObservableCounter("h_bucket", () => Buckets(3, 5), null, "A histogram.");
        meter.CreateObservableCounter("h_sum", () => 0.25);
        meter.CreateObservableCounter("h_count", () => 5L);
        meter.CreateObservableGauge("last_count", () => 1, null, "Not of the histogram.");
        using var other = new Meter("test");
        other.CreateObservableGauge("other", () => 1);
        using var text = new PrometheusText(meter);

        text.Read().Should().Be(
            """
            # HELP g A gauge.
            # TYPE g gauge
            g 1.5
            # HELP c_total A counter.
            # TYPE c_total counter
            c_total{a="1",b="\"\\\n"} 7
            # HELP h A histogram.
            # TYPE h histogram
            h_bucket{le="0.1"} 3
            h_bucket{le="+Inf"} 5
            h_sum 0.25
            h_count 5
            # HELP last_count Not of the histogram.
            # TYPE last_count gauge
            last_count 1

            """);
        text.Read().Should().Be(text.Read(), "each reading stands alone");
    }

    [Fact]
    public void The_server_s_instruments_show_what_was_counted()
    {
        var counters = new ServerCounters();
        counters.AddRequests(Protocol.Grammar.Verb.Request, Outcome.NotFound, 3);
        counters.AddLatency(TimeSpan.FromMilliseconds(1), 2);
        counters.AddLatency(TimeSpan.FromHours(1), 1);
        using var instruments = new ServerInstruments(counters, new FixedReadings(), () => new RegistryCounts(10, 11, 12))
        {
            LoopLagsOfNow = [TimeSpan.FromMilliseconds(2)],
        };
        using var text = new PrometheusText(instruments.Meter);

        var lines = text.Read().Split('\n');

        lines.Should().Contain([
            "p2pshare_server_sessions 4",
            "p2pshare_server_connections_total 5",
            "p2pshare_server_files 10",
            "p2pshare_server_parts 11",
            "p2pshare_server_owners 12",
            "p2pshare_server_requests_total{verb=\"REQUEST\",outcome=\"not_found\"} 3",
            "p2pshare_server_refusals_total{reason=\"register first\"} 6",
            "p2pshare_server_request_seconds_bucket{le=\"0.0005\"} 0",
            "p2pshare_server_request_seconds_bucket{le=\"0.001\"} 2",
            "p2pshare_server_request_seconds_bucket{le=\"10\"} 2",
            "p2pshare_server_request_seconds_bucket{le=\"+Inf\"} 3",
            "p2pshare_server_request_seconds_sum 3600.002",
            "p2pshare_server_request_seconds_count 3",
            "p2pshare_server_event_loop_lag_seconds{loop=\"0\"} 0.002",
        ]);
        lines.Should().Contain(line => line.StartsWith("process_resident_memory_bytes ", StringComparison.Ordinal));
        lines.Where(line => line.StartsWith("# HELP", StringComparison.Ordinal)).Should()
            .OnlyHaveUniqueItems().And.OnlyContain(line => line.EndsWith('.'), "each says what it is");
    }

    private static IEnumerable<Measurement<long>> Buckets(long first, long all) =>
        [new(first, new KeyValuePair<string, object?>("le", "0.1")), new(all, new KeyValuePair<string, object?>("le", "+Inf"))];
}
