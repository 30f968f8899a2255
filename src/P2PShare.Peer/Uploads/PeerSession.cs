using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using P2PShare.Networking;
using P2PShare.Peer.Content;
using P2PShare.Peer.Peers;
using P2PShare.Peer.Sharing;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;
using P2PShare.Protocol.Transport;
using Serilog;

namespace P2PShare.Peer.Uploads;

/// <summary>Serves one connection to the peer port: a plain request for one file, or the richer conversation (PROTOCOL.md, section 6).</summary>
internal sealed class PeerSession(
    Connection connection, SharedFiles shared, LayerStore layers, UploadSlots slots, TimeProvider time, ILogger log)
{
    // In a file, and of files that are sent together.
    private const int SmallBytes = 64 * 1024;

    private readonly LineChannel _channel = new(connection.Stream);
    private OpenShare? _open;
    private ContentSender? _sender;
    private StallTimer? _idle;
    private byte[]? _small;
    private int _errorsInRow;
    private bool _isBusy;

    /// <exception cref="IOException">The other side broke the connection.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var channel = _channel;
        try
        {
            if (await ReadFirstAsync(cancellation) is not { } first)
                return;
            if (first.Span.SequenceEqual(ProtoVersion.WholeLine))
                await ConverseAsync(cancellation);
            else
                await ServePlainAsync(first, cancellation);
        }
        catch (LineTooLongException)
        {
            log.Information("{Peer} sent a line that is too long", connection.Remote);
        }
        finally
        {
            _open?.Dispose();
            _sender?.Dispose();
            _idle?.Dispose();
        }
    }

    private async Task<ReadOnlyMemory<byte>?> ReadFirstAsync(CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(Limits.HandshakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        return await _channel.ReadFirstLineAsync(
            line => line.Span.SequenceEqual(ProtoVersion.WholeLine) || TryFindShared(line, out _), time, either.Token);
    }

    private bool TryFindShared(ReadOnlyMemory<byte> line, [NotNullWhen(true)] out SharedFile? file)
    {
        file = null;
        return FileName.TryParse(line, out var name, out _) && shared.TryFind(name, out file);
    }

    // Whatever is not the name of a shared file gets nothing: not a byte, and no hint why. An upload that breaks off ends with a
    // reset, because an orderly close would tell a plain requester that this was the whole file.
    private async Task ServePlainAsync(ReadOnlyMemory<byte> line, CancellationToken cancellation)
    {
        if (!TryFindShared(line, out var file))
        {
            log.Information("{Peer} asked for {Name:l}, which is not shared", connection.Remote, Printable.Of(line.Span));
            return;
        }

        await slots.TakeAsync(connection.Remote.Address, cancellation);
        try
        {
            log.Information("{Peer} fetches {Name:l}", connection.Remote, Printable.Of(file.Name.ToString()));
            if (!TryOpen(file) || !await TrySendAsync(file, 0, file.Identity.Size, cancellation))
                connection.Abort();
        }
        catch
        {
            connection.Abort();
            throw;
        }
        finally
        {
            slots.Return(connection.Remote.Address);
        }
    }

    private async Task ConverseAsync(CancellationToken cancellation)
    {
        new VersionReply(true, Features.Swarm).WriteTo(_channel);
        while (await NextLineAsync(cancellation) is { } line)
        {
            if (await AnswerAsync(line, cancellation))
                continue;
            await _channel.FlushAsync(cancellation);
            return;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadOnlyMemory<byte>?> NextLineAsync(CancellationToken cancellation)
    {
        if (_channel.TryReadLine(out var received))
            return received;
        _isBusy = false;
        await FlushAsync(cancellation);
        var line = await _channel.ReadLineAsync(_idle!.Begin());
        _idle.End();
        return line;
    }

    // There may be files in it, which a requester might never take.
    private ValueTask FlushAsync(CancellationToken cancellation)
    {
        _idle ??= new StallTimer(UploadLimits.ConversationIdle, time, cancellation);
        return _channel.FlushAsync(_idle.Begin());
    }

    // False ends the conversation.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> AnswerAsync(ReadOnlyMemory<byte> line, CancellationToken cancellation)
    {
        switch (Verbs.Split(line, out var arguments))
        {
            case Verb.Get when Get.TryParse(arguments, out var get, out _):
                return await AnswerAsync(get, cancellation);
            case Verb.Hashes when Hashes.TryParse(arguments, out var hashes, out _):
                return await AnswerAsync(hashes, cancellation);
            default:
                log.Information("{Peer} sent a malformed command: {Line:l}", connection.Remote, Printable.Of(line.Span));
                return AnswerError("unknown or malformed command");
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> AnswerAsync(Get get, CancellationToken cancellation)
    {
        if (!shared.TryFind(get.Id, out var file))
            return Answer(PeerReplyKind.NotShared);
        if (get.Offset + get.Length > file.Identity.Size)
            return AnswerError("offset and length beyond the end of the file");
        if (get.Length <= SmallBytes && get.Length == file.Identity.Size)
            return await AnswerSmallAsync(file, get.Length, cancellation);
        if (!TryOpen(file))
            return Answer(PeerReplyKind.Changed);
        if (!await TryTakeSlotAsync(cancellation))
            return Answer(PeerReplyKind.Busy, slots.BusySeconds);
        try
        {
            Answer(PeerReplyKind.Data, get.Length);
            if (await TrySendAsync(file, get.Offset, get.Length, cancellation))
                return true;
            connection.Abort();
            return false;
        }
        finally
        {
            slots.Return(connection.Remote.Address);
        }
    }

    // Small files that were asked for together leave together.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> AnswerSmallAsync(SharedFile file, int length, CancellationToken cancellation)
    {
        if (!await TryTakeSlotAsync(cancellation))
            return Answer(PeerReplyKind.Busy, slots.BusySeconds);
        try
        {
            _small ??= new byte[SmallBytes];
            if (!OpenShare.TryRead(file, _small.AsSpan(0, length)))
            {
                shared.NoticeChange(file);
                return Answer(PeerReplyKind.Changed);
            }

            Answer(PeerReplyKind.Data, length);
            _channel.Write(_small.AsSpan(0, length));
            file.CountServed(length);
            _sender ??= new ContentSender(connection, _channel, time, cancellation);
            if (_channel.UnflushedBytes >= SmallBytes || !_channel.HasReceived)
                await _sender.FlushAsync();
            return true;
        }
        finally
        {
            slots.Return(connection.Remote.Address);
        }
    }

    // The GETs that came together wait together: one after the other, they would keep their requester in silence for longer than it bears.
    private async ValueTask<bool> TryTakeSlotAsync(CancellationToken cancellation)
    {
        if (slots.TryTakeAtOnce(connection.Remote.Address))
            return true;
        if (_isBusy)
            return false;
        await FlushAsync(cancellation);
        _isBusy = !await slots.TryTakeAsync(connection.Remote.Address, cancellation);
        return !_isBusy;
    }

    private async ValueTask<bool> AnswerAsync(Hashes hashes, CancellationToken cancellation)
    {
        if (!shared.TryFind(hashes.Id, out var file) || layers.TryGet(file.Identity) is not { Hashes.IsEmpty: false } layer)
            return Answer(PeerReplyKind.NotShared);
        if ((long)hashes.Index + hashes.Count > file.Identity.PieceCount)
            return AnswerError("index and count beyond the end of the piece layer");
        Answer(PeerReplyKind.Data, hashes.Count * Limits.HashBytes);
        await _channel.WriteBytesAsync(layer.Hashes.Slice(hashes.Index * Limits.HashBytes, hashes.Count * Limits.HashBytes), cancellation);
        return true;
    }

    private bool Answer(PeerReplyKind kind, int number = 0)
    {
        _errorsInRow = 0;
        new PeerReply(kind, number).WriteTo(_channel);
        return true;
    }

    private bool AnswerError(string reason)
    {
        Replies.WriteError(_channel, reason);
        return ++_errorsInRow < Limits.MaxConsecutiveErrors;
    }

    private bool TryOpen(SharedFile file)
    {
        if (_open is { } open && open.File == file && open.IsUnchanged())
            return true;
        _open?.Dispose();
        if (OpenShare.TryOpen(file, out _open))
            return true;
        shared.NoticeChange(file);
        return false;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TrySendAsync(SharedFile file, long offset, long length, CancellationToken cancellation)
    {
        _sender ??= new ContentSender(connection, _channel, time, cancellation);
        var sent = await _sender.SendAsync(_open!.Handle, offset, length);
        file.CountServed(sent);
        return sent == length;
    }
}
