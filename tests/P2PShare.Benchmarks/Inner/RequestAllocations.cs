using P2PShare.Benchmarks.Load;
using P2PShare.Server;
using P2PShare.Server.Configuration;
using P2PShare.Server.Registry.Tables;
using Serilog.Core;

namespace P2PShare.Benchmarks.Inner;

/// <summary>The server in this process, under the load that allocates nothing.</summary>
internal sealed class RequestAllocations : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly IndexServer _server = new(new InMemoryFileRegistry(TimeProvider.System, ServerBounds.Default), ServerBounds.Default, TimeProvider.System, Logger.None);
    private readonly List<IDisposable> _opened = [];
    private Task _running = Task.CompletedTask;
    private LineLoad? _load;

    public static async Task<RequestAllocations> StartAsync()
    {
        var library = new Library(100_000, Owners: 100);
        var one = new RequestAllocations();
        await one._server.BindAsync("127.0.0.1", 0, CancellationToken.None);
        one._running = one._server.RunAsync(one._ending.Token);
        var port = one._server.LocalEndPoint.Port;
        one._opened.AddRange(await Task.Run(() => library.AnnounceTo(port)));
        one._load = await Task.Run(() => new LineLoad(port, 50, 1, library.ToServer(), Library.Greeting));
        return one;
    }

    /// <summary>Bytes for each REQUEST.</summary>
    public double Measure()
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var figures = _load!.Run(TimeSpan.FromSeconds(2));
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)figures.Replies;
    }

    public async ValueTask DisposeAsync()
    {
        _load?.Dispose();
        foreach (var one in _opened)
            one.Dispose();
        await _ending.CancelAsync();
        await _running;
        _server.Dispose();
        _ending.Dispose();
    }
}
