using System.Net;
using P2PShare.Server.Cluster.Status;
using P2PShare.Server.Registry;
using Serilog;

namespace P2PShare.Server.Metrics;

/// <summary>The metrics of a server from the counters to the port, where <c>--metrics</c> asks for them.</summary>
internal sealed class MetricsService : IDisposable
{
    // A scrape waits no longer for an event loop.
    private static readonly TimeSpan MaxLag = TimeSpan.FromSeconds(1);

    private readonly IServerReadings _server;
    private readonly ServerInstruments _instruments;
    private readonly PrometheusText _text;
    private readonly MetricsEndpoint _endpoint;

    public MetricsService(
        ServerCounters counters, IServerReadings server, Func<RegistryCounts> registry, TimeProvider time, ILogger log,
        Func<ClusterStatus?>? cluster = null)
    {
        _server = server;
        _instruments = new ServerInstruments(counters, server, registry);
        if (cluster is not null)
            ClusterInstruments.Add(_instruments.Meter, cluster);
        _text = new PrometheusText(_instruments.Meter);
        _endpoint = new MetricsEndpoint(ReadAsync, server, time, log);
    }

    /// <inheritdoc cref="MetricsEndpoint.LocalEndPoint"/>
    public IPEndPoint LocalEndPoint => _endpoint.LocalEndPoint;

    /// <inheritdoc cref="MetricsEndpoint.Bind"/>
    public void Bind(IPEndPoint end) => _endpoint.Bind(end);

    /// <inheritdoc cref="MetricsEndpoint.RunAsync"/>
    public Task RunAsync(CancellationToken cancellation) => _endpoint.RunAsync(cancellation);

    public void Dispose()
    {
        _endpoint.Dispose();
        _text.Dispose();
        _instruments.Dispose();
    }

    private async Task<string> ReadAsync()
    {
        _instruments.LoopLagsOfNow = await _server.MeasureLoopLagsAsync(MaxLag);
        return _text.Read();
    }
}
