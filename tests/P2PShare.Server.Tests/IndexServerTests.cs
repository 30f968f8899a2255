using System.Net;
using System.Net.Sockets;
using P2PShare.Server.Registry;
using P2PShare.Testing;
using Serilog;

namespace P2PShare.Server.Tests;

public sealed class IndexServerTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private readonly IndexServer _server = new(new InMemoryFileRegistry(TimeProvider.System, ServerBounds.Default), ServerBounds.Default, TimeProvider.System, new LoggerConfiguration().CreateLogger());
    private readonly List<TcpClient> _clients = [];
    private Task _serving = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        await _server.BindAsync(null, 0, CancellationToken.None);
        _serving = _server.RunAsync(_stop.Token);
    }

    public async Task DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        await _stop.CancelAsync();
        await _serving.WaitAsync(TimeSpan.FromSeconds(30));
        _server.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task The_files_of_an_owner_that_is_gone_leave_the_list()
    {
        var owner = await RegisterAsync("yigido");
        (await owner.AskAsync("ANNOUNCE rapor.pdf 9001")).Should().Be("ANNOUNCE_OK");
        var other = await RegisterAsync("ayse");
        (await other.AskAsync("REQUEST rapor.pdf")).Should().Be("FOUND 127.0.0.1 9001");

        _clients[0].Client.LingerState = new LingerOption(true, 0);
        _clients[0].Dispose();

        await Eventually.True(
            async () => await other.AskAsync("REQUEST rapor.pdf") == "NOT_FOUND", "the files of a connection that was reset to leave the list");
        (await other.AskForListAsync("LIST_FILES", "LIST_END")).Should().Equal("LIST_END");
    }

    private async Task<ServerClient> RegisterAsync(string user)
    {
        var tcp = new TcpClient();
        _clients.Add(tcp);
        await tcp.ConnectAsync(IPAddress.Loopback, _server.LocalEndPoint.Port);
        var client = new ServerClient(tcp.GetStream());
        (await client.AskAsync("PROTO_VERSION 1.0")).Should().StartWith("VERSION_OK");
        (await client.AskAsync("REGISTER " + user)).Should().Be("REGISTER_OK");
        return client;
    }
}
