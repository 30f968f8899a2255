using System.Net;
using P2PShare.Networking;
using P2PShare.Peer.Async;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Transport;

namespace P2PShare.Peer.Index;

/// <summary>
/// One control connection to a server, from the handshake on (PROTOCOL.md, sections 4 and 5). Runs one exchange at a time: a server
/// that named no features is never sent a second command before it has answered the first, or the time for its reply has passed.
/// </summary>
/// <remarks>
/// Every command throws <see cref="ServerUnavailableException"/> where the connection has ended, and <see cref="ServerTimeoutException"/>
/// where the reply does not come in time; the latter ends the connection.
/// </remarks>
internal sealed class IndexConnection : IAsyncDisposable
{
    private const int MaxPipelinedShares = 256;

    private readonly LineChannel _channel;
    private readonly TimeProvider _time;
    private readonly LineReceiver _lines = new();
    private readonly SerialQueue _exchanges = new();
    private readonly CancellationTokenSource _closing = new();

    private IndexConnection(Connection connection, TimeProvider time)
    {
        _time = time;
        ServerKey = connection.RemoteKey;
        _channel = new LineChannel(connection.Stream);
        Ended = Task.CompletedTask;
    }

    /// <summary>The features that the server named.</summary>
    public Features Features { get; private set; }

    /// <summary>The key of the server; null in clear text.</summary>
    public KeyFingerprint? ServerKey { get; }

    /// <summary>Completes when the connection has ended, from either side.</summary>
    public Task Ended { get; private set; }

    private bool IsPlain => !Features.HasFlag(Features.Swarm);

    /// <inheritdoc cref="OpenAsync(Dial, EndPoint, UserName, SessionToken, bool, TimeProvider, CancellationToken)"/>
    public static Task<IndexConnection> OpenAsync(
        Dial dial, EndPoint server, UserName user, SessionToken token, TimeProvider time, CancellationToken cancellation) =>
        OpenAsync(dial, server, user, token, refusesOfferedTls: false, time, cancellation);

    /// <summary>Connects, does the handshake and registers.</summary>
    /// <param name="dial">Makes the connection.</param>
    /// <param name="server">The server's address.</param>
    /// <param name="user">The name to register.</param>
    /// <param name="token">This client's secret: the server ends an older session that was opened with the same token.</param>
    /// <param name="refusesOfferedTls">Where the server offers TLS, nothing more is said in clear text.</param>
    /// <param name="time">The clock of every time-out.</param>
    /// <param name="cancellation">Stops connecting.</param>
    /// <exception cref="TlsOfferedException">The server offers TLS.</exception>
    /// <exception cref="NotAMemberException">A private server does not know this client's key.</exception>
    /// <exception cref="VersionRefusedException">VERSION_FAIL.</exception>
    /// <exception cref="ServerBusyException">BUSY.</exception>
    /// <exception cref="UserRefusedException">REGISTER_FAIL.</exception>
    /// <exception cref="IOException">The server closed the connection or did not answer.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">No server listens there.</exception>
    public static async Task<IndexConnection> OpenAsync(
        Dial dial,
        EndPoint server,
        UserName user,
        SessionToken token,
        bool refusesOfferedTls,
        TimeProvider time,
        CancellationToken cancellation)
    {
        var index = new IndexConnection(await dial(server, cancellation), time);
        try
        {
            await index.HandshakeAsync(cancellation);
            if (refusesOfferedTls && index.Features.HasFlag(Features.Tls))
                throw new TlsOfferedException();
            index.Ended = index._lines.RunAsync(index._channel, index._closing.Token);
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

    /// <summary>Sends one command that is answered OK or FAIL.</summary>
    /// <returns>Null for OK, or where a plain server did not answer within 1 s; else the reason, which is untrusted text.</returns>
    public Task<string?> CommandAsync<T>(T command, CancellationToken cancellation)
        where T : struct, IMessage<T> =>
        ExchangeAsync(new StatusExchange<T>(command, IsPlain), cancellation);

    /// <summary>
    /// PING: ends the connection where the server does not answer within 10 s. Waits first for the exchange that is under way, which has a
    /// deadline of its own.
    /// </summary>
    public Task PingAsync(CancellationToken cancellation) =>
        ExchangeAsync(new LineExchange<Ping>(new Ping(), IndexLimits.PongPatience), cancellation);

    /// <summary>SHARE of many files, pipelined. For each, in order, null or the reason why the server refuses it.</summary>
    public Task<string?[]> ShareAsync(IReadOnlyList<Share> shares, CancellationToken cancellation) =>
        RunAsync(closing => PipelineAsync(shares, closing), cancellation);

    /// <summary>WITHDRAW. False where the server did not know the file.</summary>
    public Task<bool> WithdrawAsync(FileName name, CancellationToken cancellation) => WithdrawAsync(new Withdraw(name), cancellation);

    /// <summary>WITHDRAW of many files, pipelined.</summary>
    public Task<string?[]> WithdrawAsync(IReadOnlyList<Withdraw> withdrawals, CancellationToken cancellation) =>
        RunAsync(closing => PipelineAsync(withdrawals, closing), cancellation);

    /// <summary>SHARE_PART of many contents, pipelined. For each, in order, null or the reason why the server refuses it.</summary>
    public Task<string?[]> SharePartsAsync(IReadOnlyList<SharePart> parts, CancellationToken cancellation) =>
        RunAsync(closing => PipelineAsync(parts, closing), cancellation);

    /// <summary>WITHDRAW_PART. False where the server did not know the part.</summary>
    public Task<bool> WithdrawPartAsync(FileId id, CancellationToken cancellation) => WithdrawAsync(new WithdrawPart(id), cancellation);

    /// <summary>REQUEST: one owner, or null.</summary>
    public Task<PeerAddress?> RequestAsync(FileName name, CancellationToken cancellation) =>
        ExchangeAsync(new RequestExchange(name, IsPlain), cancellation);

    /// <summary>LIST_FILES: each row as it comes.</summary>
    public Task ListFilesAsync(Action<FileRow> each, CancellationToken cancellation) =>
        ListAsync(new ListFiles(), FixedReplies.ListEnd, FileRow.TryParse, each, cancellation);

    /// <summary>LIST_SHARES: each row as it comes.</summary>
    public Task ListSharesAsync(ReadOnlyMemory<byte> prefix, Action<OwnerRow> each, CancellationToken cancellation) =>
        ListAsync(new ListShares(prefix), FixedReplies.ListSharesEnd, OwnerRow.TryParse, each, cancellation);

    /// <summary>LOCATE: the owners of a name.</summary>
    public Task<IReadOnlyList<OwnerRow>> LocateAsync(FileName name, CancellationToken cancellation) =>
        LocateAsync<Locate, OwnerRow>(new Locate(name), FixedReplies.LocateEnd.ToArray(), OwnerRow.TryParse, cancellation);

    /// <summary>LOCATE_ID: the owners of a content.</summary>
    public Task<IReadOnlyList<OwnerRow>> LocateAsync(FileId id, CancellationToken cancellation) =>
        LocateAsync<LocateId, OwnerRow>(new LocateId(id), FixedReplies.LocateEnd.ToArray(), OwnerRow.TryParse, cancellation);

    /// <summary>LOCATE_PEERS: the peers that have a content or a part of it.</summary>
    public Task<IReadOnlyList<PeerRow>> LocatePeersAsync(FileId id, CancellationToken cancellation) =>
        LocateAsync<LocatePeers, PeerRow>(new LocatePeers(id), FixedReplies.LocatePeersEnd.ToArray(), PeerRow.TryParse, cancellation);

    /// <summary>WHOIS: the users who announced with this address, at most 8, and the keys that they proved to have.</summary>
    public async Task<IReadOnlyList<WhoisRow>> WhoisAsync(PeerAddress peer, CancellationToken cancellation) =>
        (await WhoisAsync([peer], cancellation))[0];

    /// <summary>WHOIS of many addresses, pipelined. For each, in order, the users who announced with it.</summary>
    /// <exception cref="ServerRefusedException">The server answered ERROR to at least one.</exception>
    public Task<IReadOnlyList<WhoisRow>[]> WhoisAsync(IReadOnlyList<PeerAddress> peers, CancellationToken cancellation) =>
        RunAsync(closing => PipelineWhoisAsync(peers, closing), cancellation);

    /// <summary>
    /// SERVERS: the other servers of the cluster, at most 64. In TLS without those that do not encrypt: nobody is sent into clear text.
    /// </summary>
    public async Task<IReadOnlyList<ServerRow>> ServersAsync(CancellationToken cancellation)
    {
        var rows = new List<ServerRow>();
        await ListAsync<ListServers, ServerRow>(
            new ListServers(), FixedReplies.ServersEnd, ServerRow.TryParse!, AddUpTo(Limits.MaxServerRows, rows), cancellation);
        return ServerKey is null ? rows : rows.FindAll(row => row.Key is not null);
    }

    /// <summary>CERTIFY: a certificate of this key; null where the server gives none.</summary>
    public async Task<CertificateReply?> CertifyAsync(ReadOnlyMemory<byte> publicKey, CancellationToken cancellation)
    {
        var exchange = new LineExchange<Certify>(new Certify(publicKey), IndexLimits.ServerSilence);
        return CertificateReply.TryParse(await ExchangeAsync(exchange, cancellation), out var reply) ? reply : null;
    }

    /// <summary>SEARCH: each hit as it comes. True where the server has more hits than it sent.</summary>
    public Task<bool> SearchAsync(ReadOnlyMemory<byte> text, Action<SearchRow> each, CancellationToken cancellation)
    {
        var end = FixedReplies.SearchEnd.ToArray();
        var search = new ListExchange<Search, SearchRow>(new Search(text), end, SearchRow.TryParse, each, IsPlain)
        {
            EndWithMore = FixedReplies.SearchEndMore.ToArray(),
        };
        return ExchangeAsync(search, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _closing.Cancel();
        await _channel.DisposeAsync();
        await Ended;
        _closing.Dispose();
    }

    private async Task HandshakeAsync(CancellationToken cancellation)
    {
        using var expired = new CancellationTokenSource(Limits.HandshakeTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(expired.Token, cancellation);
        try
        {
            new ProtoVersion().WriteTo(_channel);
            await _channel.FlushAsync(linked.Token);

            // Some plain servers end no line: what has come when they fall silent is their reply.
            var line = await _channel.ReadFirstLineAsync(_ => true, _time, linked.Token)
                ?? throw (ServerKey is null ? new ServerUnavailableException() : new NotAMemberException());
            var reply = VersionReply.Parse(line.Span);
            if (reply.BusySeconds > 0)
                throw new ServerBusyException(reply.BusySeconds);
            Features = reply.Accepted ? reply.Features : throw new VersionRefusedException();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ServerTimeoutException();
        }
    }

    private async Task<bool> WithdrawAsync<TCommand>(TCommand command, CancellationToken cancellation)
        where TCommand : struct, IMessage<TCommand>
    {
        var line = await ExchangeAsync(new LineExchange<TCommand>(command, IndexLimits.ServerSilence), cancellation);
        return StatusReply.TryParse(TCommand.Verb, line.Span, out var reply) && reply.Refusal is null;
    }

    private async Task<IReadOnlyList<TRow>> LocateAsync<TCommand, TRow>(
        TCommand command, byte[] end, RowParser<TRow> parse, CancellationToken cancellation)
        where TCommand : struct, IMessage<TCommand>
    {
        var rows = new List<TRow>();
        await ListAsync(command, end, parse, AddUpTo(Limits.MaxLocatedOwners, rows), cancellation);
        return rows;
    }

    // A server may send more rows than the protocol allows.
    private static Action<TRow> AddUpTo<TRow>(int most, List<TRow> rows) => row =>
    {
        if (rows.Count < most)
            rows.Add(row);
    };

    private Task<bool> ListAsync<TCommand, TRow>(
        TCommand command, ReadOnlySpan<byte> end, RowParser<TRow> parse, Action<TRow> each, CancellationToken cancellation)
        where TCommand : struct, IMessage<TCommand> =>
        ExchangeAsync(new ListExchange<TCommand, TRow>(command, end.ToArray(), parse, each, IsPlain), cancellation);

    private Task<TReply> ExchangeAsync<TReply>(IndexExchange<TReply> exchange, CancellationToken cancellation) =>
        RunAsync(closing => SendAsync(exchange, closing), cancellation);

    private async Task<TReply> SendAsync<TReply>(IndexExchange<TReply> exchange, CancellationToken closing)
    {
        _lines.DiscardQueued();
        exchange.WriteTo(_channel);
        await FlushAsync(closing);
        return await exchange.ReadReplyAsync(_lines, _time, closing);
    }

    private async Task<string?[]> PipelineAsync<TCommand>(IReadOnlyList<TCommand> commands, CancellationToken closing)
        where TCommand : struct, IMessage<TCommand>
    {
        _lines.DiscardQueued();
        var refusals = new string?[commands.Count];
        var sent = 0;
        for (var answered = 0; answered < commands.Count; answered++)
        {
            // Send the next batch while the server answers the one before.
            if (sent < commands.Count && sent - answered <= MaxPipelinedShares)
            {
                for (var end = Math.Min(sent + MaxPipelinedShares, commands.Count); sent < end; sent++)
                    commands[sent].WriteTo(_channel);
                await FlushAsync(closing);
            }

            refusals[answered] = await new StatusExchange<TCommand>(commands[answered], IsPlain).ReadReplyAsync(_lines, _time, closing);
        }

        return refusals;
    }

    // Every reply is read even where one is an ERROR: the next command would take what is left for its own reply.
    private async Task<IReadOnlyList<WhoisRow>[]> PipelineWhoisAsync(IReadOnlyList<PeerAddress> peers, CancellationToken closing)
    {
        _lines.DiscardQueued();
        foreach (var peer in peers)
            new Whois(peer).WriteTo(_channel);
        await FlushAsync(closing);

        var users = new IReadOnlyList<WhoisRow>[peers.Count];
        ServerRefusedException? refusal = null;
        for (var i = 0; i < users.Length; i++)
        {
            var rows = new List<WhoisRow>();
            users[i] = rows;
            var add = AddUpTo(Limits.MaxWhoisRows, rows);
            var exchange = new ListExchange<Whois, WhoisRow>(
                new Whois(peers[i]), FixedReplies.WhoisEnd.ToArray(), WhoisRow.TryParse, add, IsPlain);
            try
            {
                await exchange.ReadReplyAsync(_lines, _time, closing);
            }
            catch (ServerRefusedException e)
            {
                refusal = e;
            }
        }

        return refusal is null ? users : throw refusal;
    }

    // A server that hangs stops reading, and TCP alone would wait for it without end.
    private async Task FlushAsync(CancellationToken cancellation)
    {
        try
        {
            await _channel.FlushAsync(cancellation).AsTask().WaitAsync(IndexLimits.ServerSilence, _time, cancellation);
        }
        catch (TimeoutException)
        {
            throw new ServerTimeoutException();
        }
        catch (IOException)
        {
            // The server closed the connection, and the receiving side may not have noticed yet.
            throw new ServerUnavailableException();
        }
    }

    // Cancellation ends the caller's wait, but not an exchange that has begun: the next one would read the rest of its reply.
    private Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> exchange, CancellationToken cancellation) =>
        RunInOrderAsync(exchange, cancellation).WaitAsync(cancellation);

    private async Task<T> RunInOrderAsync<T>(Func<CancellationToken, Task<T>> exchange, CancellationToken cancellation)
    {
        try
        {
            return await _exchanges.RunAsync(() =>
            {
                _closing.Token.ThrowIfCancellationRequested();
                cancellation.ThrowIfCancellationRequested();
                return exchange(_closing.Token);
            });
        }
        catch (Exception e) when (e is ServerTimeoutException or ListTooLongException)
        {
            // Close: a late reply would be taken for the reply to the next command.
            _closing.Cancel();
            throw;
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException && !cancellation.IsCancellationRequested)
        {
            throw new ServerUnavailableException();
        }
    }
}
