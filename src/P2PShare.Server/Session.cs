using System.Runtime.CompilerServices;
using P2PShare.Networking;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;
using P2PShare.Protocol.Transport;
using P2PShare.Server.Configuration;
using P2PShare.Server.Guards;
using Serilog;

namespace P2PShare.Server;

/// <summary>One connection from its first line to its end: reads, has each line handled, sends the replies; then withdraws what it announced.</summary>
/// <param name="number">Counts from 1, and is no other session's.</param>
/// <param name="connection">The session owns it.</param>
/// <param name="services">What all sessions share.</param>
/// <param name="log">Names the session in each line.</param>
internal sealed class Session(long number, Connection connection, SessionServices services, ILogger log)
{
    // Replies go out when nothing more was received, or when so much is composed that waiting saves no system call worth having.
    private const int FlushBytes = 32 * 1024;

    // A list goes out in larger pieces while its reader keeps up and nobody else waits: each wakes it, which costs as much as
    // composing hundreds of rows. With 32 KiB a list of a million took half as long again.
    private const int LargestListFlushBytes = 112 * 1024;

    // A list that no reader slows down (a SEARCH without hits) lets other sessions have their turn after so many pages.
    private const int PagesInTurn = 4;

    private readonly LineChannel _channel = new(connection.Stream);
    private readonly RequestHandler _handler = new(number, PeerAddress.Canonical(connection.Remote.Address), services.Registry, services.Refusals, log);
    private readonly CommandRate _rate = new(services.Time);
    private IDisposable? _claim;
    private volatile string? _whyAborted;
    private int _withdrawn;

    /// <summary>Runs until the other side leaves or is refused, or <paramref name="cancellation"/> asks to stop. Nothing that the other side does throws.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var channel = _channel;
        log.Debug("connected");
        var (reason, refused) = ("fault of ours", false);
        try
        {
            (reason, refused) = await ConverseAsync(cancellation);
        }
        finally
        {
            // Withdrawing many files takes its time, which the thread that sees to many sessions does not have.
            await Task.Yield();
            _handler.EndList();
            _claim?.Dispose();
            Leave(reason);
        }

        if (refused)
            await LingeringClose.SayAsync(connection, channel, services.Time, cancellation);
    }

    private async Task<(string Reason, bool Refused)> ConverseAsync(CancellationToken cancellation)
    {
        try
        {
            return await HandleLinesAsync(cancellation) ? ("closed by the other side", false) : ("refused", true);
        }
        catch (LineTooLongException)
        {
            Replies.WriteError(_channel, Replies.LineTooLong);
            return (Replies.LineTooLong, true);
        }
        catch (OperationCanceledException)
        {
            return (cancellation.IsCancellationRequested ? "the server stops" : "no handshake in time", false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return (_whyAborted ?? e.InnerException?.Message ?? e.Message, false);
        }
    }

    // False where a line was refused so that the connection must end; true where the other side ended it.
    private async Task<bool> HandleLinesAsync(CancellationToken cancellation)
    {
        var next = await ReadFirstLineAsync(cancellation);
        while (next is { } line)
        {
            if (_whyAborted is { } reason)
                throw new IOException(reason);
            if (!_handler.Handle(line, _channel))
                return false;
            if (_handler.Token is { } token)
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
            next = await ReadLineAsync(cancellation);
        }

        return true;
    }

    private async Task<ReadOnlyMemory<byte>?> ReadFirstLineAsync(CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(Limits.HandshakeTimeout, services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        return await _channel.ReadFirstLineAsync(static line => line.Span.SequenceEqual(ProtoVersion.WholeLine), services.Time, either.Token);
    }

    // A session may be silent for as long as it likes, but a line that has begun must end.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancellation)
    {
        ITimer? deadline = null;
        try
        {
            ReadOnlyMemory<byte> line;
            while (!_channel.TryReadLine(out line))
            {
                if (_channel.HasReceived)
                    deadline ??= AbortAfter(ServerLimits.LineTime, "a line without an end");
                await _channel.WaitForInputAsync(cancellation);
                if (!await _channel.ReceiveAsync(cancellation))
                    return null;
                _handler.Foresee(_channel.Received);
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
        using var deadline = AbortAfter(ServerLimits.ReaderStall, "it does not read");
        await flushing;
    }

    private async Task SendListAsync(CancellationToken cancellation)
    {
        var flushBytes = FlushBytes;
        while (_handler.List is { } list)
        {
            if (list.IsSearch)
                await services.SearchTurns.WaitAsync(cancellation);
            try
            {
                for (var page = 0; (!list.IsSearch || page < PagesInTurn) && _handler.List is not null && _channel.UnflushedBytes < flushBytes; page++)
                    _handler.ContinueList(_channel);
            }
            finally
            {
                if (list.IsSearch)
                    services.SearchTurns.Release();
            }

            if (_channel.UnflushedBytes >= flushBytes)
            {
                var flushing = FlushAsync(cancellation);
                var readerKeepsUp = flushing.IsCompletedSuccessfully;
                await flushing;

                // Here and not on a thread of its own, for which a busy machine's scheduler would let lookups wait some milliseconds.
                var othersWait = await connection.YieldAsync();
                flushBytes = readerKeepsUp && !othersWait ? Math.Min(2 * flushBytes, LargestListFlushBytes) : FlushBytes;
            }

            // A search is not for the thread that sees to many sessions: what it looks at is no measure of what it sends.
            if (list.IsSearch && _handler.List is not null)
                await Task.Yield();

            cancellation.ThrowIfCancellationRequested();
        }
    }

    // What the older session announced is gone before the reply, so that nobody is sent to a connection that is dead.
    private void Resume(SessionToken token)
    {
        _claim?.Dispose();
        _claim = services.SessionTokens.Make(token, () =>
        {
            Abort("its client came back");
            Interlocked.Add(ref _withdrawn, services.Registry.RemoveAll(number));
        });
        _handler.Token = null;
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
        var withdrawn = Interlocked.Add(ref _withdrawn, services.Registry.RemoveAll(number));
        if (_handler.User is { } user)
            log.Information("{User:l} left ({Reason:l}), files withdrawn: {Count}", Printable.Of(user.Text), reason, withdrawn);
        else
            log.Debug("disconnected ({Reason:l})", reason);
    }
}
