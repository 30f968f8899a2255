using System.Runtime.CompilerServices;
using P2PShare.Networking;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;
using P2PShare.Protocol.Transport;
using P2PShare.Server.Configuration;
using P2PShare.Server.Guards;
using P2PShare.Server.Members;
using P2PShare.Server.Metrics;
using P2PShare.Server.Output;
using P2PShare.Server.Presence;
using Serilog;

namespace P2PShare.Server;

/// <summary>
/// One connection from its first line to its end: reads lines, lets the <see cref="RequestHandler"/> execute them, sends the replies,
/// and at the end withdraws what the client announced.
/// </summary>
/// <param name="number">Counts from 1, unique in this server.</param>
/// <param name="connection">Owned by the session.</param>
/// <param name="services">What all sessions share.</param>
/// <param name="log">Adds the session to each event.</param>
/// <param name="member">Whose session it is; null where the server is not private.</param>
internal sealed class Session(
    long number, Connection connection, SessionServices services, ILogger log, Member? member = null)
    : IAsyncDisposable
{
    // Replies are sent when no whole line is left in the input, or when so many bytes are composed that collecting more would not
    // save a noticeable number of system calls.
    private const int FlushBytes = 32 * 1024;

    // A list is sent in larger pieces while its reader keeps up and no other session is ready: each piece wakes the reader, which
    // costs as much as composing hundreds of rows. With 32 KiB a list of a million rows took half as long again.
    private const int MaxListFlushBytes = 112 * 1024;

    // A search reads so many pages before it releases its slot and yields to other sessions, because a search without hits sends
    // nothing for which it would have to wait.
    private const int PagesPerSearchSlot = 4;

    private readonly LineChannel _channel = new(connection.Stream);
    private readonly RequestHandler _handler = new(
        number,
        new SessionPresence(services.Directory, PeerAddress.Canonical(connection.Remote.Address), connection.RemoteKey, number),
        services.Registry,
        services.Refusals,
        log,
        services.Servers)
    {
        OptionalFeatures = services.OptionalFeatures,
        Members = member is null ? null : new MemberRequestHandler(member, services.Members!, services.Time),
    };

    private readonly CommandRate _rate = new(services.Time);
    private readonly SessionTally? _tally = services.Counters is { } counters ? new SessionTally(counters, services.Time) : null;
    private IDisposable? _tokenRegistration;
    private volatile string? _whyAborted;
    private int _withdrawn;

    /// <summary>
    /// Runs until the client leaves, the connection is refused, or <paramref name="cancellation"/> stops the server; then disposes the
    /// session. Nothing that the client does makes it throw.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var session = this;
        using var membership = member is null ? null : services.Members!.Track(member, () => Abort("no longer a member"));
        log.Debug("connected");
        var (reason, refused) = ("internal error", false);
        try
        {
            (reason, refused) = await ConverseAsync(cancellation);
        }
        finally
        {
            // Withdrawing many files takes long, and this may be the event loop's thread, which serves many sessions.
            await Task.Yield();
            _handler.EndList();
            _tokenRegistration?.Dispose();
            _tally?.EndBatch(_channel);
            Leave(reason);
        }

        if (refused)
            await LingeringClose.RunAsync(connection, _channel, services.Time, cancellation);
    }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    private async Task<(string Reason, bool Refused)> ConverseAsync(CancellationToken cancellation)
    {
        try
        {
            return await HandleLinesAsync(cancellation) ? ("closed by the client", false) : ("refused", true);
        }
        catch (LineTooLongException)
        {
            services.Refusals.Count(FixedReplies.LineTooLong);
            FixedReplies.WriteError(_channel, FixedReplies.LineTooLong);
            return (FixedReplies.LineTooLong, true);
        }
        catch (OperationCanceledException)
        {
            return (cancellation.IsCancellationRequested ? "the server is stopping" : "no first line in time", false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return (_whyAborted ?? e.InnerException?.Message ?? e.Message, false);
        }
    }

    // True where the client closed the connection; false where a line was refused and the server has to close it.
    private async Task<bool> HandleLinesAsync(CancellationToken cancellation)
    {
        var next = await ReadFirstLineAsync(cancellation);
        _tally?.BeginBatch();
        while (next is { } line)
        {
            if (_whyAborted is { } reason)
                throw new IOException(reason);
            var staysOpen = _handler.Handle(line, _channel);
            _tally?.Count(_handler.LastVerb, _handler.LastOutcome);
            if (!staysOpen)
                return false;
            if (_handler.ResumeToken is { } token)
                Resume(token);
            if (_handler.List is not null)
                await SendListAsync(cancellation);
            if (_channel.UnflushedBytes >= FlushBytes)
                await FlushAsync(cancellation);
            if (!_rate.TryTake())
            {
                await FlushAsync(cancellation);
                await _rate.RefillAsync(cancellation);
            }

            if (_channel.TryReadLine(out line))
            {
                next = line;
                continue;
            }

            await FlushAsync(cancellation);
            _tally?.EndBatch(_channel);
            next = await ReadLineAsync(cancellation);
        }

        return true;
    }

    private async Task<ReadOnlyMemory<byte>?> ReadFirstLineAsync(CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(Limits.HandshakeTimeout, services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        return await _channel.ReadFirstLineAsync(
            static line => line.Span.SequenceEqual(ProtoVersion.WholeLine), services.Time, either.Token);
    }

    // A client may be silent between lines without a time limit, but a line that has begun must end in time.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancellation)
    {
        ITimer? deadline = null;
        try
        {
            ReadOnlyMemory<byte> line;
            while (!_channel.TryReadLine(out line))
            {
                if (_channel.HasBufferedInput)
                    deadline ??= AbortAfter(ServerLimits.LineTime, "a line did not end in time");
                await _channel.WaitUntilReadableAsync(cancellation);
                _tally?.BeginBatch();
                if (!await _channel.ReceiveAsync(cancellation))
                    return null;
                _handler.PrefetchLookups(_channel.BufferedInput);
                await connection.WaitForBatchAsync();
            }

            return line;
        }
        finally
        {
            deadline?.Dispose();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FlushAsync(CancellationToken cancellation)
    {
        var flushing = _channel.FlushAsync(cancellation);
        if (flushing.IsCompletedSuccessfully)
            return;
        using var deadline = AbortAfter(ServerLimits.ReaderStall, "the client does not read");
        await flushing;
    }

    private async Task SendListAsync(CancellationToken cancellation)
    {
        var flushBytes = FlushBytes;
        while (_handler.List is { } list)
        {
            if (list.IsSearch)
                await ComposeSearchPagesAsync(flushBytes, cancellation);
            else
                ComposePages(int.MaxValue, flushBytes);
            if (_channel.UnflushedBytes >= flushBytes)
                flushBytes = await FlushListAsync(flushBytes, cancellation);

            // A search must not stay on the event loop's thread: it reads far more than it sends.
            if (list.IsSearch && _handler.List is not null)
                await Task.Yield();

            cancellation.ThrowIfCancellationRequested();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ComposeSearchPagesAsync(int flushBytes, CancellationToken cancellation)
    {
        await services.SearchSlots.WaitAsync(cancellation);
        try
        {
            ComposePages(PagesPerSearchSlot, flushBytes);
        }
        finally
        {
            services.SearchSlots.Release();
        }
    }

    private void ComposePages(int maxPages, int flushBytes)
    {
        for (var page = 0; page < maxPages && _handler.List is not null && _channel.UnflushedBytes < flushBytes; page++)
            _handler.ContinueList(_channel);
    }

    // Returns how many bytes to compose before the next flush.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> FlushListAsync(int flushBytes, CancellationToken cancellation)
    {
        var flushing = FlushAsync(cancellation);
        var readerKeepsUp = flushing.IsCompletedSuccessfully;
        await flushing;
        _tally?.AddBytes(_channel);

        // Yields on the same thread. On a thread of the list's own, the scheduler of a busy machine would make lookups wait for some
        // milliseconds.
        var othersWait = await connection.YieldAsync();
        return readerKeepsUp && !othersWait ? Math.Min(2 * flushBytes, MaxListFlushBytes) : FlushBytes;
    }

    // The files of the older session are withdrawn before the reply, so that nobody is sent to its dead connection.
    private void Resume(SessionToken token)
    {
        _tokenRegistration?.Dispose();
        _tokenRegistration = services.SessionTokens.Register(token, () =>
        {
            Abort("replaced by a newer session of its client");
            _handler.Presence.Leave();
            Interlocked.Add(ref _withdrawn, services.Registry.RemoveAll(number));
        });
        _handler.ResumeToken = null;
    }

    private ITimer AbortAfter(TimeSpan time, string reason) =>
        services.Time.CreateTimer(_ => Abort(reason), null, time, Timeout.InfiniteTimeSpan);

    private void Abort(string reason)
    {
        _whyAborted = reason;
        connection.Abort();
    }

    private void Leave(string reason)
    {
        _handler.Presence.Leave();
        var withdrawn = Interlocked.Add(ref _withdrawn, services.Registry.RemoveAll(number));
        if (_handler.User is { } user)
            log.Information(ServerEvents.Left, Printable.Of(user.Text), reason, withdrawn);
        else
            log.Debug("disconnected ({Reason:l})", reason);
    }
}
