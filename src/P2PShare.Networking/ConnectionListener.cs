using System.Net;
using System.Net.Sockets;
using Serilog;

namespace P2PShare.Networking;

/// <summary>Listens, and owns one task for each connection until it has ended.</summary>
/// <param name="log">Says what went wrong with an accept or a connection.</param>
/// <param name="time">The clock of the pause after an accept that failed.</param>
/// <param name="streamOver">One of <see cref="ConnectionStreams"/>.</param>
public sealed class ConnectionListener(ILogger log, TimeProvider time, Func<Socket, Stream> streamOver) : IDisposable
{
    private const int Backlog = 1024;

    // Out of descriptors, an accept fails at once and for as long as connections live: trying again without a pause would spin.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenFailureReports = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly HashSet<Task> _connections = [];

    // Who is accepted is judged a moment later; a crowd must not take the last descriptors meanwhile. It waits in the backlog.
    private readonly SemaphoreSlim _places = new(Descriptors.MostOpen);
    private Socket? _socket;
    private long? _lastReport;

    /// <summary>Where it listens, with the real port where 0 was asked for.</summary>
    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket!.LocalEndPoint!;

    /// <summary>Binds and listens.</summary>
    /// <param name="address">Null for every address of this host, IPv6 and IPv4.</param>
    /// <param name="port">0 for any free port.</param>
    /// <exception cref="SocketException">The port is taken, or the address is not one of this host's.</exception>
    public void Bind(IPAddress? address, int port)
    {
        if (address is not null || !Socket.OSSupportsIPv6)
        {
            _socket = Listening(address ?? IPAddress.Any, port);
            return;
        }

        try
        {
            _socket = Listening(IPAddress.IPv6Any, port);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
        {
            // A host whose IPv6 is switched off, though its kernel knows it.
            _socket = Listening(IPAddress.Any, port);
        }
    }

    /// <summary>Accepts until cancelled, then waits until every connection's task has ended. No failed accept or connection ends it.</summary>
    /// <param name="serve">Serves one connection to its end; owns it.</param>
    /// <param name="cancellation">Ends the accepting, and is handed to each <paramref name="serve"/>.</param>
    public async Task RunAsync(Func<Connection, CancellationToken, Task> serve, CancellationToken cancellation)
    {
        while (await AcceptAsync(cancellation) is { } socket)
            Track(ServeAsync(socket, serve, cancellation));
        _socket!.Dispose();
        await Task.WhenAll(Running());
    }

    public void Dispose() => _socket?.Dispose();

    // ReuseAddress stays unset: .NET lets a port in TIME_WAIT be bound again as it is, and with it a second program could take a
    // port that is in use (it sets SO_REUSEPORT as well).
    private static Socket Listening(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
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
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                ReportFailure(e);
                await Task.Delay(PauseAfterFailure, time, cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }

        return null;
    }

    private async Task<Socket> AcceptOneAsync(CancellationToken cancellation)
    {
        await _places.WaitAsync(cancellation);
        try
        {
            return await _socket!.AcceptAsync(cancellation);
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    private void ReportFailure(Exception failure)
    {
        if (_lastReport is { } last && time.GetElapsedTime(last) < BetweenFailureReports)
            return;
        _lastReport = time.GetTimestamp();
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
                await using var stream = streamOver(socket);
                await serve(Connection.Over(socket, stream), cancellation);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            log.Debug("A connection ended: {Reason:l}", e.Message);
        }
        catch (Exception e)
        {
            log.Error(e, "A connection ended by a fault of ours");
        }
    }

    private void Track(Task connection)
    {
        lock (_lock)
            _connections.Add(connection);
        connection.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Forget(Task connection)
    {
        lock (_lock)
            _connections.Remove(connection);
        _places.Release();
    }

    private Task[] Running()
    {
        lock (_lock)
            return [.. _connections];
    }
}
