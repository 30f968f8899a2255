using System.Net;
using P2PShare.Server.Configuration;
using P2PShare.Server.Metrics;
using P2PShare.Server.Registry.Tables;
using P2PShare.Testing;
using Serilog;

namespace P2PShare.Server.Tests;

/// <summary>A session over an in-memory connection, its client, and a clock that the test advances.</summary>
internal sealed class RunningSession : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly StreamPair _pair = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="others">A session of the same server, or null for a server of its own.</param>
    /// <param name="number">Unique in that server.</param>
    /// <param name="wrap">Wraps the session's end of the connection.</param>
    public RunningSession(RunningSession? others = null, long number = 1, Func<Stream, Stream>? wrap = null)
    {
        Time = others?.Time ?? new ManualTimeProvider();
        Services = others?.Services
            ?? new SessionServices(new InMemoryFileRegistry(Time, ServerBounds.Default), Time, new ServerCounters());
        Client = new ServerClient(_pair.Far);
        var near = wrap is null ? _pair.Near : wrap(_pair.Near);
        var connection = new StreamConnection(near, new IPEndPoint(IPAddress.Loopback, 5000), _pair.Reset, _pair.Near.CloseOutput);
        var log = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(Events).CreateLogger();
        _running = new Session(number, connection, Services, log).RunAsync(_stop.Token);
    }

    public ManualTimeProvider Time { get; }

    public SessionServices Services { get; }

    public ServerClient Client { get; }

    public RecordedLog Events { get; } = new();

    public bool HasEnded => _running.IsCompleted;

    public static async Task<RunningSession> GreetedAsync(RunningSession? others = null, long number = 1, string user = "yigido")
    {
        var session = new RunningSession(others, number);
        (await session.Client.AskAsync("PROTO_VERSION 1.0")).Should().StartWith("VERSION_OK");
        (await session.Client.AskAsync("REGISTER " + user)).Should().Be("REGISTER_OK");
        return session;
    }

    /// <summary>The client closes its sending direction and goes on reading.</summary>
    public void CloseOutput() => _pair.Far.CloseOutput();

    /// <summary>The connection breaks.</summary>
    public void Reset() => _pair.Reset();

    /// <summary>The server is stopped.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Waits until so many time-outs are armed, so that the clock can be advanced past one.</summary>
    public Task TimersAreSetAsync(int count) => Eventually.True(() => Time.ArmedTimers == count, $"{count} time-outs to be set");

    /// <summary>Waits for the session's end, and rethrows what it threw.</summary>
    public Task EndAsync() => _running.WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        _pair.Dispose();
        await EndAsync();
        await Client.DisposeAsync();
        _stop.Dispose();
    }
}
