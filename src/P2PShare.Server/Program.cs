using System.Net;
using System.Net.Sockets;
using P2PShare.Networking;
using P2PShare.Protocol.Text;
using P2PShare.Server.Configuration;
using P2PShare.Server.Logging;
using P2PShare.Server.Registry.Tables;
using Serilog;
using Serilog.Core;

namespace P2PShare.Server;

/// <summary>The composition root: arguments, log, signals, and the server between its start and its stop.</summary>
internal static class Program
{
    // Thousands of sessions close in a fraction of it. Stopping a server should take no longer than this in any case.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMilliseconds(1500);

    public static Task<int> Main(string[] arguments) => CommandLine.InvokeAsync(arguments, Console.Error, RunAsync);

    private static async Task<int> RunAsync(ServerOptions options)
    {
        Logger log;
        try
        {
            log = ServerLog.Create(options, Console.Out);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Fail(ExitCodes.Failed, $"cannot write the log: {e.Message} Name another file with --log FILE.");
        }

        await using (log)
            return await RunAsync(options, log);
    }

    private static async Task<int> RunAsync(ServerOptions options, ILogger log)
    {
        try
        {
            using var signals = new StopSignals();
            var bounds = options.Bounds with { MaxConnections = DescriptorLimit.RoomFor(options.Bounds.MaxConnections) };
            using var server = new IndexServer(new InMemoryFileRegistry(TimeProvider.System, bounds), bounds, TimeProvider.System, log);
            await server.BindAsync(options.Bind, options.Port, signals.Token);
            Greet(server.LocalEndPoint, bounds, log);
            await ServeAsync(server, log, signals.Token);
            return ExitCodes.Ok;
        }
        catch (SocketException e)
        {
            log.Debug("cannot listen: {Reason:l}", e.Message);
            return Fail(ExitCodes.CannotListen, WhyNotListening(options, e));
        }
        catch (Exception e)
        {
            log.Fatal(e, "stopped by an internal error");
            return Fail(ExitCodes.Failed, $"stopped unexpectedly: {e.Message} {options.Log} has the details.");
        }
    }

    private static void Greet(IPEndPoint end, ServerBounds bounds, ILogger log)
    {
        var isAny = end.Address.Equals(IPAddress.IPv6Any) || end.Address.Equals(IPAddress.Any);
        var where = end.Address.Equals(IPAddress.IPv6Any) ? $"0.0.0.0:{end.Port} and {end}" : end.ToString();
        var host = isAny ? "127.0.0.1" : end.Address.ToString();
        Console.WriteLine($"Listening on {where}");
        var note = isAny ? " (from other machines: this one's address)" : "";
        Console.WriteLine($"Connect with: client <username> {host} {end.Port} <my_peer_port>{note}");
        Console.WriteLine("Ctrl+C stops the server.");
        log.Debug("started: listening on {Where:l}, at most {Count} connections", where, bounds.MaxConnections);
    }

    private static async Task ServeAsync(IndexServer server, ILogger log, CancellationToken stop)
    {
        var serving = server.RunAsync(stop);
        var stopping = Task.Delay(Timeout.InfiniteTimeSpan, stop).ContinueWith(_ => { }, TaskScheduler.Default);
        await Task.WhenAny(serving, stopping);
        log.Information("stopping");
        if (await Task.WhenAny(serving, Task.Delay(StopTimeout, CancellationToken.None)) == serving)
            await serving;
        else
            log.Warning("some connections did not close in time");
        log.Information("stopped");
    }

    private static string WhyNotListening(ServerOptions options, SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"port {options.Port} is taken by another program: stop that one, or choose another port.",
        SocketError.AccessDenied => $"port {options.Port} needs more rights: choose one above 1023.",
        SocketError.AddressNotAvailable =>
            $"{Printable.Of(options.Bind ?? "")} is not an address of this machine: give --bind one that is.",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
            $"the host name {Printable.Of(options.Bind ?? "")} is not known: give --bind an address of this machine.",
        _ => $"cannot listen on port {options.Port}: {e.Message}",
    };

    private static int Fail(int exitCode, string line)
    {
        Console.Error.WriteLine($"server: {line}");
        return exitCode;
    }
}
