using P2PShare.Networking;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;
using P2PShare.Protocol.Transport;
using P2PShare.Server.Registry;
using Serilog;

namespace P2PShare.Server;

/// <summary>One connection from its first line to its end: reads, has each line handled, sends the replies; then withdraws what it announced.</summary>
/// <param name="number">Counts from 1, and is no other session's.</param>
/// <param name="connection">The session owns it.</param>
/// <param name="registry">Who shares what.</param>
/// <param name="time">The clock of every time-out.</param>
/// <param name="log">Names the session in each line.</param>
internal sealed class Session(long number, Connection connection, IFileRegistry registry, TimeProvider time, ILogger log)
{
    // Replies go out when nothing more was received, or when so much is composed that waiting saves no system call worth having.
    private const int FlushBytes = 32 * 1024;

    // A list that no reader slows down (a SEARCH without hits) lets other sessions have their turn after so many pages.
    private const int PagesInTurn = 16;

    private readonly LineChannel _channel = new(connection.Stream);
    private readonly RequestHandler _handler = new(number, PeerAddress.Canonical(connection.Remote.Address), registry, log);

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
            _handler.EndList();
            Leave(reason);
        }

        if (refused)
            await CloseInOrderAsync(cancellation);
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
        catch (IOException e)
        {
            return (e.InnerException?.Message ?? e.Message, false);
        }
    }

    // False where a line was refused so that the connection must end; true where the other side ended it.
    private async Task<bool> HandleLinesAsync(CancellationToken cancellation)
    {
        var next = await ReadFirstLineAsync(cancellation);
        while (next is { } line)
        {
            if (!_handler.Handle(line, _channel))
                return false;
            if (_handler.List is not null)
                await SendListAsync(cancellation);
            if (_channel.UnflushedBytes >= FlushBytes)
                await _channel.FlushAsync(cancellation);
            if (_channel.TryReadLine(out line))
            {
                next = line;
                continue;
            }

            await _channel.FlushAsync(cancellation);
            next = await _channel.ReadLineAsync(cancellation);
        }

        return true;
    }

    private async Task<ReadOnlyMemory<byte>?> ReadFirstLineAsync(CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(Limits.HandshakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        return await _channel.ReadFirstLineAsync(static line => line.Span.SequenceEqual(ProtoVersion.WholeLine), time, either.Token);
    }

    private async Task SendListAsync(CancellationToken cancellation)
    {
        for (var pages = 1; _handler.List is not null; pages++)
        {
            _handler.ContinueList(_channel);
            if (_channel.UnflushedBytes >= FlushBytes)
                await _channel.FlushAsync(cancellation);
            if (pages % PagesInTurn == 0)
                await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private void Leave(string reason)
    {
        var withdrawn = registry.RemoveAll(number);
        if (_handler.User is { } user)
            log.Information("{User:l} left ({Reason:l}), files withdrawn: {Count}", Printable.Of(user.Text), reason, withdrawn);
        else
            log.Debug("disconnected ({Reason:l})", reason);
    }

    // A socket that is closed while input is unread resets the connection, and a reset destroys the reply on its way. So this side
    // finishes first, and takes what still comes until the other side has closed too, or for as long and as much as is reasonable.
    private async Task CloseInOrderAsync(CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(Limits.FarewellTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        var scratch = new byte[Limits.MaxLineBytes];
        try
        {
            await _channel.FlushAsync(either.Token);
            connection.FinishSending();
            for (var left = Limits.FarewellBytes; left > 0;)
            {
                var count = await _channel.ReadBytesAsync(scratch, either.Token);
                if (count == 0)
                    return;
                left -= count;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It left, or did not listen: the reply was offered, and that is all that was owed.
        }
    }
}
