using System.Buffers;
using System.Net;
using P2PShare.Networking;
using P2PShare.Peer.Async;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Transport;

namespace P2PShare.Peer.Index;

/// <summary>
/// One control connection to a server, from the handshake on (PROTOCOL.md, sections 4 and 5). One exchange at a time; a server
/// that named no features is never sent a second command before it answered the first, or was given its time to.
/// </summary>
internal sealed class IndexConnection : IAsyncDisposable
{
    private const int SharesTogether = 256;

    private readonly Connection _connection;
    private readonly LineChannel _channel;
    private readonly TimeProvider _time;
    private readonly IndexLines _lines = new();
    private readonly SerialQueue _turns = new();
    private readonly CancellationTokenSource _ending = new();
    private IndexReplies _replies;

    private IndexConnection(Connection connection, TimeProvider time)
    {
        (_connection, _time) = (connection, time);
        _channel = new LineChannel(connection.Stream);
        _replies = new IndexReplies(_lines, isPlain: true, time);
        Ended = Task.CompletedTask;
    }

    /// <summary>What the server named.</summary>
    public Features Features { get; private set; }

    /// <summary>Completes when the connection has ended, whoever ended it.</summary>
    public Task Ended { get; private set; }

    /// <summary>Where the server is.</summary>
    public IPEndPoint Remote => _connection.Remote;

    /// <summary>Connects, shakes hands and registers.</summary>
    /// <param name="dial">Makes the connection.</param>
    /// <param name="server">Where to.</param>
    /// <param name="user">The name to register.</param>
    /// <param name="token">This client's secret, by which a server ends what an older connection of this run left behind.</param>
    /// <param name="time">The clock of every time-out.</param>
    /// <param name="cancellation">Gives up connecting.</param>
    /// <exception cref="VersionRefusedException">VERSION_FAIL.</exception>
    /// <exception cref="ServerBusyException">BUSY.</exception>
    /// <exception cref="UserRefusedException">REGISTER_FAIL.</exception>
    /// <exception cref="IOException">The server broke off or kept silent.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">No server is there.</exception>
    public static async Task<IndexConnection> OpenAsync(
        Dial dial, EndPoint server, UserName user, SessionToken token, TimeProvider time, CancellationToken cancellation)
    {
        var index = new IndexConnection(await dial(server, cancellation), time);
        try
        {
            await index.HandshakeAsync(cancellation);
            index.Ended = index._lines.PumpAsync(index._channel, index._ending.Token);
            if (await index.CommandAsync(new Register(user), cancellation) is { } refusal)
                throw new UserRefusedException(refusal);
            if (index.Features.HasFlag(Features.Resume))
                await index.CommandAsync(new Resume(token), cancellation);
            return index;
        }
        catch
        {
            await index.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends one command that is answered OK or FAIL. Null where it was done, or where a plain server gave no answer in 1 s; else the reason, a stranger's text.</summary>
    public Task<string?> CommandAsync<T>(T command, CancellationToken cancellation)
        where T : struct, IMessage<T> =>
        ExchangeAsync(command.WriteTo, ending => _replies.ReadStatusAsync(T.Verb, ending), cancellation);

    /// <summary>PING: ends the connection where the server does not answer within 10 s. Waits for the exchange that is under way, which has a limit of its own.</summary>
    public Task PingAsync(CancellationToken cancellation) =>
        ExchangeAsync(new Ping().WriteTo, ending => _replies.ReadLineAsync(IndexLimits.PongPatience, ending), cancellation);

    /// <summary>SHARE of many files, pipelined. For each, in order, null or the reason.</summary>
    public Task<string?[]> ShareAsync(IReadOnlyList<Share> shares, CancellationToken cancellation) =>
        InTurnAsync(async ending =>
        {
            _lines.DropWaiting();
            var refusals = new string?[shares.Count];
            var sent = 0;
            for (var answered = 0; answered < shares.Count; answered++)
            {
                // The server answers the ones sent before while the next are sent.
                if (sent < shares.Count && sent - answered <= SharesTogether)
                {
                    for (var end = Math.Min(sent + SharesTogether, shares.Count); sent < end; sent++)
                        shares[sent].WriteTo(_channel);
                    await FlushAsync(ending);
                }

                refusals[answered] = await _replies.ReadStatusAsync(Verb.Share, ending);
            }

            return refusals;
        }, cancellation);

    /// <summary>WITHDRAW. False where the server did not know of it.</summary>
    public Task<bool> WithdrawAsync(FileName name, CancellationToken cancellation) =>
        ExchangeAsync(new Withdraw(name).WriteTo, async ending =>
        {
            var line = await _replies.ReadLineAsync(IndexLimits.ServerSilence, ending);
            return StatusReply.TryParse(Verb.Withdraw, line.Span, out var reply) && reply.Refusal is null;
        }, cancellation);

    /// <summary>REQUEST: one owner, or null. Lines that answer something else are passed over.</summary>
    public Task<PeerAddress?> RequestAsync(FileName name, CancellationToken cancellation) =>
        ExchangeAsync(new Request(name).WriteTo, async ending => (await _replies.ReadFoundAsync(ending)).Owner, cancellation);

    /// <summary>LIST_FILES: each row as it comes. A plain server's list is complete, too, when it falls silent for 500 ms.</summary>
    public Task ListFilesAsync(Action<FileRow> each, CancellationToken cancellation) =>
        ReadRowsAsync(new ListFiles().WriteTo, Replies.ListEnd.ToArray(), line =>
        {
            var isRow = FileRow.TryParse(line, out var row);
            if (isRow)
                each(row);
            return isRow;
        }, cancellation);

    /// <summary>LIST_SHARES: each row as it comes.</summary>
    public Task ListSharesAsync(ReadOnlyMemory<byte> prefix, Action<OwnerRow> each, CancellationToken cancellation) =>
        ReadOwnerRowsAsync(new ListShares(prefix).WriteTo, Replies.ListSharesEnd.ToArray(), each, cancellation);

    /// <summary>LOCATE: the owners of a name.</summary>
    public Task<IReadOnlyList<OwnerRow>> LocateAsync(FileName name, CancellationToken cancellation) =>
        LocateAsync(new Locate(name).WriteTo, cancellation);

    /// <summary>LOCATE_ID: the owners of a content.</summary>
    public Task<IReadOnlyList<OwnerRow>> LocateAsync(FileId id, CancellationToken cancellation) =>
        LocateAsync(new LocateId(id).WriteTo, cancellation);

    /// <summary>SEARCH: each hit as it comes. True where there were more than were shown.</summary>
    public Task<bool> SearchAsync(ReadOnlyMemory<byte> text, Action<SearchRow> each, CancellationToken cancellation)
    {
        var hasMore = false;
        return ExchangeAsync(new Search(text).WriteTo, async ending =>
        {
            await _replies.ReadRowsAsync(line => line.SequenceEqual(Replies.SearchEnd) || (hasMore = line.SequenceEqual(Replies.SearchEndMore)), line =>
            {
                var isRow = SearchRow.TryParse(line, out var row);
                if (isRow)
                    each(row);
                return isRow;
            }, ending);
            return hasMore;
        }, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _ending.Cancel();
        await _channel.DisposeAsync();
        await Ended;
        _ending.Dispose();
    }

    private async Task HandshakeAsync(CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(Limits.HandshakeTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            new ProtoVersion().WriteTo(_channel);
            await _channel.FlushAsync(either.Token);

            // Some plain servers end no line: whatever stands there when they fall silent is their answer.
            var line = await _channel.ReadFirstLineAsync(_ => true, _time, either.Token) ?? throw new ServerAwayException();
            var reply = VersionReply.Parse(line.Span);
            if (reply.BusySeconds > 0)
                throw new ServerBusyException(reply.BusySeconds);
            Features = reply.Accepted ? reply.Features : throw new VersionRefusedException();
            _replies = new IndexReplies(_lines, isPlain: !Features.HasFlag(Features.Swarm), _time);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ServerSilentException();
        }
    }

    private async Task<IReadOnlyList<OwnerRow>> LocateAsync(Action<IBufferWriter<byte>> command, CancellationToken cancellation)
    {
        var rows = new List<OwnerRow>();
        await ReadOwnerRowsAsync(command, Replies.LocateEnd.ToArray(), row =>
        {
            if (rows.Count < Limits.MaxLocatedOwners)
                rows.Add(row);
        }, cancellation);
        return rows;
    }

    private Task ReadOwnerRowsAsync(Action<IBufferWriter<byte>> command, byte[] end, Action<OwnerRow> each, CancellationToken cancellation) =>
        ReadRowsAsync(command, end, line =>
        {
            var isRow = OwnerRow.TryParse(line, out var row);
            if (isRow)
                each(row);
            return isRow;
        }, cancellation);

    private async Task ReadRowsAsync(Action<IBufferWriter<byte>> command, byte[] end, IndexReplies.TakeRow take, CancellationToken cancellation) =>
        await ExchangeAsync(command, async ending =>
        {
            await _replies.ReadRowsAsync(line => line.SequenceEqual(end), take, ending);
            return true;
        }, cancellation);

    private Task<T> ExchangeAsync<T>(Action<IBufferWriter<byte>> command, Func<CancellationToken, Task<T>> read, CancellationToken cancellation) =>
        InTurnAsync(async ending =>
        {
            _lines.DropWaiting();
            command(_channel);
            await FlushAsync(ending);
            return await read(ending);
        }, cancellation);

    // A server that hangs takes nothing any more, and TCP alone would wait for it without end.
    private async Task FlushAsync(CancellationToken cancellation)
    {
        try
        {
            await _channel.FlushAsync(cancellation).AsTask().WaitAsync(IndexLimits.ServerSilence, _time, cancellation);
        }
        catch (TimeoutException)
        {
            throw new ServerSilentException();
        }
        catch (IOException)
        {
            // It closed a moment ago, which the reading side may not have learned yet.
            throw new ServerAwayException();
        }
    }

    // An exchange that was begun is ended even if nobody waits for it any more: half of its answer would stand before the next one's.
    private Task<T> InTurnAsync<T>(Func<CancellationToken, Task<T>> exchange, CancellationToken cancellation) =>
        TakeTurnAsync(exchange, cancellation).WaitAsync(cancellation);

    private async Task<T> TakeTurnAsync<T>(Func<CancellationToken, Task<T>> exchange, CancellationToken cancellation)
    {
        try
        {
            return await _turns.TakeAsync(() =>
            {
                _ending.Token.ThrowIfCancellationRequested();
                cancellation.ThrowIfCancellationRequested();
                return exchange(_ending.Token);
            });
        }
        catch (Exception e) when (e is ServerSilentException or EndlessListException)
        {
            // What the server still says, or does not, would be taken for the next command's answer.
            _ending.Cancel();
            throw;
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException && !cancellation.IsCancellationRequested)
        {
            throw new ServerAwayException();
        }
    }
}
