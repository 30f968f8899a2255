using System.Net;
using System.Net.Sockets;
using P2PShare.Server.Configuration;
using P2PShare.Server.Guards;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry.Tables;
using Serilog;

namespace P2PShare.Server.Tests;

/// <summary>A server on a port of its own, and the sockets of its clients.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly IndexServer _server;
    private readonly List<TcpClient> _sockets = [];
    private readonly Lock _lock = new();
    private Task _serving = Task.CompletedTask;

    private RunningServer(ServerBounds bounds, ILogger log)
    {
        Registry = new InMemoryFileRegistry(TimeProvider.System, bounds);
        _server = new IndexServer(Registry, bounds, TimeProvider.System, log);
    }

    public InMemoryFileRegistry Registry { get; }

    public IndexServer Server => _server;

    public int Port => _server.LocalEndPoint.Port;

    public static async Task<RunningServer> StartAsync(
        ServerBounds? bounds = null, ILogger? log = null, IServerList? servers = null, ConnectionSecurity? security = null)
    {
        log ??= new LoggerConfiguration().CreateLogger();
        security ??= new ConnectionSecurity(null, isRequired: false, TimeProvider.System);
        var cluster = servers is null ? null : new ClusterPresence(new SessionDirectory(), servers);
        var running = new RunningServer(bounds ?? ServerBounds.Default, log);
        await running._server.BindAsync(null, 0, CancellationToken.None);
        running._serving = running._server.RunAsync(security, gate: null, cluster, running._stop.Token);
        return running;
    }

    /// <summary>A connection on which nothing was sent yet.</summary>
    public async Task<ServerClient> ConnectAsync(IPAddress? to = null)
    {
        var socket = new TcpClient((to ?? IPAddress.Loopback).AddressFamily);
        lock (_lock)
            _sockets.Add(socket);
        await socket.ConnectAsync(to ?? IPAddress.Loopback, Port);
        return new ServerClient(socket.GetStream());
    }

    public async Task<ServerClient> RegisterAsync(string user, IPAddress? to = null)
    {
        var client = await ConnectAsync(to);
        (await client.AskAsync("PROTO_VERSION 1.0")).Should().StartWith("VERSION_OK");
        (await client.AskAsync("REGISTER " + user)).Should().Be("REGISTER_OK");
        return client;
    }

    /// <summary>Resets each connection, as the kernel does for a killed process with unread data.</summary>
    public void ResetAll()
    {
        foreach (var socket in _sockets)
        {
            socket.Client.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _serving.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var socket in _sockets)
            socket.Dispose();
        _server.Dispose();
        _stop.Dispose();
    }
}
