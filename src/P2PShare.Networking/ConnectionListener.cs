using System.Net;
using System.Net.Sockets;
using Serilog;

namespace P2PShare.Networking;

/// <summary>
/// The <see cref="TcpListener"/> of a program, with one <see cref="Task"/> for each connection, which it tracks until that task has
/// ended.
/// </summary>
/// <param name="log">Receives failed accepts and connections.</param>
/// <param name="time">The clock of the pause after a failed accept.</param>
/// <param name="connections">Makes a connection of each accepted socket; owned.</param>
public sealed class ConnectionListener(ILogger log, TimeProvider time, ConnectionFactory connections) : IDisposable
{
    private const int Backlog = 1024;

    // Without free descriptors, an accept fails at once for as long as connections live: a retry without a pause would spin.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenFailureReports = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];

    // A connection is admitted or refused only after its accept. Until then it must not take one of the last descriptors, so that
    // those beyond this count wait in the backlog.
    private readonly SemaphoreSlim _acceptSlots = new(DescriptorLimit.MaxOpenSockets);
    private TcpListener? _listener;
    private long? _lastFailureReport;

    /// <summary>The address it listens on, with the real port where 0 was asked for.</summary>
    public IPEndPoint LocalEndPoint => (IPEndPoint)_listener!.LocalEndpoint;

    /// <inheritdoc cref="ConnectionFactory.MeasureLagsAsync"/>
    public Task<IReadOnlyList<TimeSpan>> MeasureLagsAsync(TimeSpan atMost) => connections.MeasureLagsAsync(atMost);

    /// <summary>Binds and listens.</summary>
    /// <param name="address">Null for every address of this host, IPv6 and IPv4.</param>
    /// <param name="port">0 for any free port.</param>
    /// <exception cref="SocketException">The port is taken, or the address is not one of this host's.</exception>
    public void Bind(IPAddress? address, int port)
    {
        if (address is not null || !Socket.OSSupportsIPv6)
        {
            _listener = Listen(address ?? IPAddress.Any, port);
            return;
        }

        try
        {
            _listener = Listen(IPAddress.IPv6Any, port);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
        {
            // The kernel knows IPv6, and the host has it switched off.
            _listener = Listen(IPAddress.Any, port);
        }
    }

    /// <summary>Accepts until cancelled, then waits for every connection's task. No failed accept or connection ends it.</summary>
    /// <param name="serve">Serves one connection to its end; owns it.</param>
    /// <param name="cancellation">Ends the accepting, and is handed to each <paramref name="serve"/>.</param>
    public async Task RunAsync(Func<Connection, CancellationToken, Task> serve, CancellationToken cancellation)
    {
        while (await AcceptAsync(cancellation) is { } socket)
            Track(ServeAsync(socket, serve, cancellation));
        _listener!.Stop();
        await Task.WhenAll(RunningConnections());
    }

    public void Dispose()
    {
        _listener?.Dispose();
        connections.Dispose();
    }

    // ReuseAddress stays unset: .NET already lets a port in TIME_WAIT be bound again, and with it a second program could take a port
    // that is in use, because it sets SO_REUSEPORT as well.
    private static TcpListener Listen(IPAddress address, int port)
    {
        var listener = new TcpListener(address, port);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
                listener.Server.DualMode = true;
            listener.Start(Backlog);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private async Task<Socket?> AcceptAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                return await AcceptOneAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (Exception e) when (e is SocketException or InvalidOperationException)
            {
                ReportFailure(e);
                await Task.Delay(PauseAfterFailure, time, cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }

        return null;
    }

    private async Task<Socket> AcceptOneAsync(CancellationToken cancellation)
    {
        await _acceptSlots.WaitAsync(cancellation);
        try
        {
            return await _listener!.AcceptSocketAsync(cancellation);
        }
        catch
        {
            _acceptSlots.Release();
            throw;
        }
    }

    private void ReportFailure(Exception failure)
    {
        if (_lastFailureReport is { } last && time.GetElapsedTime(last) < BetweenFailureReports)
            return;
        _lastFailureReport = time.GetTimestamp();
        log.Error("A connection could not be accepted, going on: {Reason:l}", failure.Message);
    }

    private async Task ServeAsync(Socket socket, Func<Connection, CancellationToken, Task> serve, CancellationToken cancellation)
    {
        await Task.Yield();
        try
        {
            using (socket)
            {
                TcpOptions.Apply(socket);
                await using var connection = connections.Create(socket);
                await serve(connection, cancellation);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            log.Debug("A connection ended: {Reason:l}", e.Message);
        }
        catch (Exception e)
        {
            log.Error(e, "A connection ended because of an internal error");
        }
    }

    private void Track(Task connection)
    {
        lock (_lock)
            _running.Add(connection);
        connection.ContinueWith(Untrack, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Untrack(Task connection)
    {
        lock (_lock)
            _running.Remove(connection);
        _acceptSlots.Release();
    }

    private Task[] RunningConnections()
    {
        lock (_lock)
            return [.. _running];
    }
}
