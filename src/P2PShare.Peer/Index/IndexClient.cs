using System.Net.Sockets;
using P2PShare.Peer.Async;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;
using Serilog;

namespace P2PShare.Peer.Index;

/// <summary>
/// The server, as the rest of the client sees it: connected, or unavailable for the moment. Reconnects when the connection is lost, with
/// exponential back-off from 0.5 s to 30 s and jitter, so that the clients of a restarted server do not all come at once.
/// </summary>
/// <param name="open">Connects, does the handshake and registers.</param>
/// <param name="time">The clock of the back-off.</param>
/// <param name="random">The jitter.</param>
/// <param name="log">The log.</param>
internal sealed class IndexClient(Func<CancellationToken, Task<IndexConnection>> open, TimeProvider time, Random random, ILogger log)
    : IOwnerIndex, IAsyncDisposable
{
    private static readonly TimeSpan InitialBackoff = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(30);

    // Commands end a longer pause at once, and never a shorter one: a script must not try a thousand times a second.
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(1);

    /// <summary>How long a command waits for a reconnection before it fails.</summary>
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _ending = new();
    private volatile TaskCompletionSource<IndexConnection> _connected = new();
    private readonly Lock _pauseLock = new();
    private CancellationTokenSource? _pause;
    private bool _isCommanded;
    private Task _supervising = Task.CompletedTask;

    /// <summary>Raised once when the connection is lost.</summary>
    public event Action? Lost;

    /// <summary>Raised once for each loss where a server is not the one that it was; this client goes on trying.</summary>
    public event Action<ServerIdentityException>? NotTrusted;

    /// <summary>Raised once for each loss where the server may not know this client as a member any more.</summary>
    public event Action? NotAMember;

    /// <summary>Runs after a reconnection, before commands go on. Shares everything again.</summary>
    public Func<IndexConnection, CancellationToken, Task>? RestoreState { get; set; }

    /// <summary>Raised after a reconnection, when <see cref="RestoreState"/> has completed.</summary>
    public event Action? Restored;

    /// <summary>The features that the server named at the last connection.</summary>
    public Features Features { get; private set; }

    /// <summary>The key of the server at the last connection; null in clear text.</summary>
    public KeyFingerprint? ServerKey { get; private set; }

    /// <summary>Makes the first connection, and reconnects from then on.</summary>
    /// <exception cref="IOException">The server refused or closed the connection; see <see cref="IndexConnection"/>.</exception>
    /// <exception cref="SocketException">No server listens there.</exception>
    public async Task ConnectAsync(CancellationToken cancellation)
    {
        var first = await open(cancellation);
        Note(first);
        _connected.SetResult(first);
        _supervising = Background.Run(() => SuperviseAsync(first));
    }

    /// <summary>
    /// Calls <paramref name="exchange"/> with the connection. Where there is none, has it made at once and waits for it up to 5 s.
    /// </summary>
    /// <exception cref="ServerUnavailableException">The server is still unavailable, or the connection was lost meanwhile.</exception>
    public Task<T> UseAsync<T>(Func<IndexConnection, Task<T>> exchange, CancellationToken cancellation)
    {
        if (!_connected.Task.IsCompleted)
            EndPause();
        return UseWhenConnectedAsync(exchange, cancellation);
    }

    // A download asks for owners, and who they are, all the time. It does not shorten a pause: the downloading clients of a restarted
    // server would all come at once.
    private async Task<T> UseWhenConnectedAsync<T>(Func<IndexConnection, Task<T>> exchange, CancellationToken cancellation)
    {
        IndexConnection connection;
        try
        {
            connection = await _connected.Task.WaitAsync(CommandTimeout, time, cancellation);
        }
        catch (TimeoutException)
        {
            throw new ServerUnavailableException();
        }

        return await exchange(connection);
    }

    /// <inheritdoc cref="IndexConnection.CertifyAsync"/>
    public Task<CertificateReply?> CertifyAsync(ReadOnlyMemory<byte> publicKey, CancellationToken cancellation) =>
        UseWhenConnectedAsync(index => index.CertifyAsync(publicKey, cancellation), cancellation);

    /// <inheritdoc cref="IndexConnection.ServersAsync"/>
    /// <returns>Null where the server does not tell.</returns>
    public Task<IReadOnlyList<ServerRow>?> ServersAsync(CancellationToken cancellation) =>
        UseWhenConnectedAsync(
            async index => index.Features.HasFlag(Features.Servers) ? await index.ServersAsync(cancellation) : null, cancellation);

    /// <summary>
    /// The keys of those who serve at an address, null for one in clear text. Null where the server cannot tell.
    /// </summary>
    public async Task<IReadOnlyList<KeyFingerprint?>?> KeysOfAsync(PeerAddress address, CancellationToken cancellation) =>
        Features.HasFlag(Features.Whois)
            ? [.. (await WhoisAsync(address, cancellation)).Select(row => row.Key)]
            : null;

    public Task<PeerAddress?> RequestAsync(FileName name, CancellationToken cancellation) =>
        UseAsync(index => index.RequestAsync(name, cancellation), cancellation);

    public Task<IReadOnlyList<OwnerRow>> LocateAsync(FileName name, CancellationToken cancellation) =>
        UseAsync(index => index.LocateAsync(name, cancellation), cancellation);

    public Task<IReadOnlyList<OwnerRow>> LocateAsync(FileId id, CancellationToken cancellation) =>
        UseWhenConnectedAsync(index => index.LocateAsync(id, cancellation), cancellation);

    public Task<IReadOnlyList<PeerRow>> LocatePeersAsync(FileId id, CancellationToken cancellation) =>
        UseWhenConnectedAsync(index => index.LocatePeersAsync(id, cancellation), cancellation);

    /// <summary>WHOIS: the users who announced with this address; none where the server does not tell.</summary>
    public async Task<IReadOnlyList<WhoisRow>> WhoisAsync(PeerAddress peer, CancellationToken cancellation) =>
        (await WhoisAsync([peer], cancellation))[0];

    /// <summary>The same for many addresses, at the cost of one round trip: for each, in order.</summary>
    public Task<IReadOnlyList<WhoisRow>[]> WhoisAsync(IReadOnlyList<PeerAddress> peers, CancellationToken cancellation) =>
        UseWhenConnectedAsync(
            index => index.Features.HasFlag(Features.Whois)
                ? index.WhoisAsync(peers, cancellation)
                : Task.FromResult(peers.Select(IReadOnlyList<WhoisRow> (_) => []).ToArray()),
            cancellation);

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
        await _supervising;
        if (_connected.Task.IsCompletedSuccessfully)
            await _connected.Task.Result.DisposeAsync();
        _ending.Dispose();
    }

    private async Task SuperviseAsync(IndexConnection connection)
    {
        try
        {
            while (true)
            {
                await WaitForLossAsync(connection);
                _connected = new TaskCompletionSource<IndexConnection>();
                await connection.DisposeAsync();
                log.Warning("Lost the connection to the server");
                Lost?.Invoke();
                connection = await ReconnectAsync();
                Note(connection);
                _connected.SetResult(connection);
                log.Information("Reconnected to the server");
                Restored?.Invoke();
            }
        }
        catch (OperationCanceledException)
        {
            // The client ends.
        }
    }

    // True where it was one.
    private bool TellRefusal(Exception e)
    {
        if (e is ServerIdentityException identity)
            NotTrusted?.Invoke(identity);
        else if (e is NotAMemberException or InvitationRefusedException)
            NotAMember?.Invoke();
        return e is ServerIdentityException or NotAMemberException or InvitationRefusedException;
    }

    private void Note(IndexConnection connection) => (Features, ServerKey) = (connection.Features, connection.ServerKey);

    // Completes when the connection has ended: it was closed, or the server did not answer a PING.
    private async Task WaitForLossAsync(IndexConnection connection)
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
                // Without PING, only TCP keep-alive detects a server that is gone.
            }
            catch (TimeoutException)
            {
                await Background.WaitNoThrowAsync(connection.PingAsync(_ending.Token));
            }
        }
    }

    // What a full server asks for is waited in any case; of the rest, a command ends what is longer than the least pause.
    private async Task PauseAsync(TimeSpan retryAfter, TimeSpan pause)
    {
        var least = pause < LeastPause ? pause : LeastPause;
        await Task.Delay(retryAfter + least, time, _ending.Token);
        if (pause > least)
        {
            using var commanded = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
            lock (_pauseLock)
                _pause = _isCommanded ? null : commanded;
            if (_pause is not null)
                await Background.WaitNoThrowAsync(Task.Delay(pause - least, time, commanded.Token));
        }

        lock (_pauseLock)
            (_pause, _isCommanded) = (null, false);
        _ending.Token.ThrowIfCancellationRequested();
    }

    private void EndPause()
    {
        CancellationTokenSource? pause;
        lock (_pauseLock)
            (pause, _isCommanded) = (_pause, true);
        try
        {
            pause?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The pause ended at the same moment.
        }
    }

    private async Task<IndexConnection> ReconnectAsync()
    {
        var retryAfter = TimeSpan.Zero;
        var isRefusalTold = false;
        for (var backoff = InitialBackoff; ; backoff = backoff * 2 < MaxBackoff ? backoff * 2 : MaxBackoff)
        {
            await PauseAsync(retryAfter, backoff * (0.5 + 0.5 * random.NextDouble()));
            retryAfter = TimeSpan.Zero;
            IndexConnection? connection = null;
            try
            {
                connection = await open(_ending.Token);
                if (RestoreState is { } restore)
                    await restore(connection, _ending.Token);
                return connection;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                log.Debug("Reconnecting to the server failed: {Reason:l}", Printable.Of(e.Message));
                isRefusalTold = isRefusalTold || TellRefusal(e);
                retryAfter = e is ServerBusyException busy ? busy.RetryAfter : TimeSpan.Zero;
                if (connection is not null)
                    await connection.DisposeAsync();
            }
        }
    }
}
