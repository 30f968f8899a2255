using P2PShare.Benchmarks.Load;
using P2PShare.Server;
using P2PShare.Server.Configuration;
using P2PShare.Server.Guards;
using P2PShare.Server.Registry.Tables;
using Serilog.Core;

namespace P2PShare.Benchmarks.Inner;

/// <summary>A server in this process, under a load that allocates nothing itself.</summary>
internal sealed class RequestAllocations : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly IndexServer _server = new(
        new InMemoryFileRegistry(TimeProvider.System, ServerBounds.Default), ServerBounds.Default, TimeProvider.System, Logger.None);
    private readonly List<IDisposable> _opened = [];
    private Task _running = Task.CompletedTask;
    private LineLoad? _load;

    public static async Task<RequestAllocations> StartAsync()
    {
        var dataset = new Dataset(100_000, Owners: 100);
        var started = new RequestAllocations();
        await started._server.BindAsync("127.0.0.1", 0, CancellationToken.None);
        var security = new ConnectionSecurity(null, isRequired: false, TimeProvider.System);
        started._running = started._server.RunAsync(security, gate: null, cluster: null, started._ending.Token);
        var port = started._server.LocalEndPoint.Port;
        started._opened.AddRange(await Task.Run(() => dataset.AnnounceTo(port)));
        started._load = await Task.Run(() => new LineLoad(port, 50, 1, dataset.ToServer(), Dataset.Greeting));
        return started;
    }

    /// <summary>Measures the bytes allocated for each REQUEST.</summary>
    public double Measure()
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var figures = _load!.Run(TimeSpan.FromSeconds(2));
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)figures.Replies;
    }

    public async ValueTask DisposeAsync()
    {
        _load?.Dispose();
        foreach (var opened in _opened)
            opened.Dispose();
        await _ending.CancelAsync();
        await _running;
        _server.Dispose();
        _ending.Dispose();
    }
}
