using System.Net.Sockets;
using P2PShare.Peer.Async;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;
using Serilog;

namespace P2PShare.Peer.Index;

/// <summary>
/// The server, as the rest of the client sees it: there, or away for the moment. A connection that is lost is made again, with
/// pauses that double from 0.5 s to 30 s and vary, so that the clients of a server that restarts do not all come at once.
/// </summary>
/// <param name="open">Connects, shakes hands and registers.</param>
/// <param name="time">The clock of the pauses.</param>
/// <param name="random">Varies the pauses.</param>
/// <param name="log">The log.</param>
internal sealed class IndexClient(Func<CancellationToken, Task<IndexConnection>> open, TimeProvider time, Random random, ILogger log) : IOwnerIndex, IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>How long a command waits for a server that is away before it fails.</summary>
    private static readonly TimeSpan CommandPatience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _ending = new();
    private volatile TaskCompletionSource<IndexConnection> _live = NewPromise();
    private Task _keeping = Task.CompletedTask;

    /// <summary>Raised once when the connection is lost.</summary>
    public event Action? Lost;

    /// <summary>Runs when it was made again, before commands go on: the place to share everything anew.</summary>
    public Func<IndexConnection, CancellationToken, Task>? OnRestored { get; set; }

    /// <summary>Raised when the connection was made again and everything is shared anew.</summary>
    public event Action? Restored;

    /// <summary>What the server named last.</summary>
    public Features Features { get; private set; }

    /// <summary>Makes the first connection and keeps it from then on.</summary>
    /// <exception cref="IOException">The server refused or broke off; see <see cref="IndexConnection.OpenAsync"/>.</exception>
    /// <exception cref="SocketException">No server is there.</exception>
    public async Task ConnectAsync(CancellationToken cancellation)
    {
        var first = await open(cancellation);
        Features = first.Features;
        _live.SetResult(first);
        _keeping = Background.Run(() => KeepAsync(first));
    }

    /// <summary>Runs one exchange on the live connection; waits up to 5 s for a server that is away.</summary>
    /// <exception cref="ServerAwayException">It is still away, or went away meanwhile.</exception>
    public async Task<T> UseAsync<T>(Func<IndexConnection, Task<T>> exchange, CancellationToken cancellation)
    {
        IndexConnection connection;
        try
        {
            connection = await _live.Task.WaitAsync(CommandPatience, time, cancellation);
        }
        catch (TimeoutException)
        {
            throw new ServerAwayException();
        }

        return await exchange(connection);
    }

    public Task<PeerAddress?> RequestAsync(FileName name, CancellationToken cancellation) =>
        UseAsync(index => index.RequestAsync(name, cancellation), cancellation);

    public Task<IReadOnlyList<OwnerRow>> LocateAsync(FileName name, CancellationToken cancellation) =>
        UseAsync(index => index.LocateAsync(name, cancellation), cancellation);

    public Task<IReadOnlyList<OwnerRow>> LocateAsync(FileId id, CancellationToken cancellation) =>
        UseAsync(index => index.LocateAsync(id, cancellation), cancellation);

    public Task<IReadOnlyList<OwnerRow>> ListSharesAsync(ReadOnlyMemory<byte> prefix, CancellationToken cancellation) =>
        UseAsync<IReadOnlyList<OwnerRow>>(async index =>
        {
            var rows = new BoundedRowList();
            await index.ListSharesAsync(prefix, rows.Add, cancellation);
            return rows.All;
        }, cancellation);

    public async ValueTask DisposeAsync()
    {
        _ending.Cancel();
        await _keeping;
        if (_live.Task.IsCompletedSuccessfully)
            await _live.Task.Result.DisposeAsync();
        _ending.Dispose();
    }

    private async Task KeepAsync(IndexConnection connection)
    {
        try
        {
            while (true)
            {
                await WatchAsync(connection);
                _live = NewPromise();
                await connection.DisposeAsync();
                log.Warning("The connection to the server is lost");
                Lost?.Invoke();
                connection = await ReconnectAsync();
                Features = connection.Features;
                _live.SetResult(connection);
                log.Information("The connection to the server is back");
                Restored?.Invoke();
            }
        }
        catch (OperationCanceledException)
        {
            // The client ends.
        }
    }

    // Ends when the connection has: because it was closed, or because the server was asked whether it is there and said nothing.
    private async Task WatchAsync(IndexConnection connection)
    {
        while (true)
        {
            try
            {
                await connection.Ended.WaitAsync(IndexLimits.PingAfter, time, _ending.Token);
                return;
            }
            catch (TimeoutException) when (!connection.Features.HasFlag(Features.Ping))
            {
                // Only TCP's keep-alive tells of this one's end.
            }
            catch (TimeoutException)
            {
                await Background.WhenEnded(connection.PingAsync(_ending.Token));
            }
        }
    }

    private async Task<IndexConnection> ReconnectAsync()
    {
        var askedFor = TimeSpan.Zero;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            await Task.Delay(askedFor + (pause * (0.5 + 0.5 * random.NextDouble())), time, _ending.Token);
            askedFor = TimeSpan.Zero;
            IndexConnection? connection = null;
            try
            {
                connection = await open(_ending.Token);
                if (OnRestored is { } restore)
                    await restore(connection, _ending.Token);
                return connection;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                log.Debug("No connection to the server yet: {Reason:l}", Printable.Of(e.Message));
                askedFor = e is ServerBusyException busy ? busy.Pause : TimeSpan.Zero;
                if (connection is not null)
                    await connection.DisposeAsync();
            }
        }
    }

    private static TaskCompletionSource<IndexConnection> NewPromise() => new();
}
