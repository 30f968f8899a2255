using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using P2PShare.Networking;
using P2PShare.Peer.Content;
using P2PShare.Peer.Peers;
using P2PShare.Peer.Sharing;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;
using P2PShare.Protocol.Transport;
using Serilog;

namespace P2PShare.Peer.Uploads;

/// <summary>
/// Serves one connection to the peer port: a plain request for one file, or a SWARM conversation (PROTOCOL.md, section 6).
/// </summary>
internal sealed class PeerSession(
    Connection connection, SharedFiles shared, LayerStore layers, UploadSlots slots, TimeProvider time, ILogger log) : IAsyncDisposable
{
    // Up to this size, a file is copied into the output buffer; the buffer is sent when it holds as much.
    private const int SmallFileBytes = 64 * 1024;

    private readonly LineChannel _channel = new(connection.Stream);
    private OpenSharedFile? _openFile;
    private ContentSender? _sender;
    private StallTimer? _idle;
    private byte[]? _smallFile;
    private int _errorsInRow;
    private bool _lastWaitTimedOut;

    /// <summary>Serves until the requester or <paramref name="cancellation"/> ends the connection, then disposes the session.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var session = this;
        try
        {
            if (await ReadFirstLineAsync(cancellation) is not { } first)
                return;
            if (first.Span.SequenceEqual(ProtoVersion.WholeLine))
                await ServeCommandsAsync(cancellation);
            else
                await ServePlainAsync(first, cancellation);
        }
        catch (LineTooLongException)
        {
            log.Information("{Peer} sent a line that is too long", connection.Remote);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _openFile?.Dispose();
        _sender?.Dispose();
        _idle?.Dispose();
        await _channel.DisposeAsync();
    }

    private async Task<ReadOnlyMemory<byte>?> ReadFirstLineAsync(CancellationToken cancellation)
    {
        using var expired = new CancellationTokenSource(Limits.HandshakeTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(expired.Token, cancellation);
        return await _channel.ReadFirstLineAsync(
            line => line.Span.SequenceEqual(ProtoVersion.WholeLine) || TryFindShared(line, out _), time, linked.Token);
    }

    private bool TryFindShared(ReadOnlyMemory<byte> line, [NotNullWhen(true)] out SharedFile? file)
    {
        file = null;
        return FileName.TryParse(line, out var name, out _) && shared.TryFind(name, out file);
    }

    // A name that is not shared gets no byte, and no hint why. An upload that fails ends with a reset: an orderly close would tell a
    // plain requester that it has received the whole file.
    private async Task ServePlainAsync(ReadOnlyMemory<byte> line, CancellationToken cancellation)
    {
        if (!TryFindShared(line, out var file))
        {
            log.Information("{Peer} asked for {Name:l}, which is not shared", connection.Remote, Printable.Of(line.Span));
            return;
        }

        await slots.AcquireAsync(connection.Remote.Address, cancellation);
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
            slots.Release(connection.Remote.Address);
        }
    }

    private async Task ServeCommandsAsync(CancellationToken cancellation)
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
        _lastWaitTimedOut = false;
        await FlushAsync(cancellation);
        var line = await _channel.ReadLineAsync(_idle!.Restart());
        _idle.Stop();
        return line;
    }

    // The output buffer may hold files, which a requester might never read: hence a timer.
    private ValueTask FlushAsync(CancellationToken cancellation)
    {
        _idle ??= new StallTimer(UploadLimits.ConversationIdle, time, cancellation);
        return _channel.FlushAsync(_idle.Restart());
    }

    // False where the conversation has to end.
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
        if (get.Length <= SmallFileBytes && get.Length == file.Identity.Size)
            return await AnswerSmallAsync(file, get.Length, cancellation);
        if (!TryOpen(file))
            return Answer(PeerReplyKind.Changed);
        if (!await TryAcquireSlotAsync(cancellation))
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
            slots.Release(connection.Remote.Address);
        }
    }

    // Replies to pipelined GETs of small files are sent together.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> AnswerSmallAsync(SharedFile file, int length, CancellationToken cancellation)
    {
        if (!await TryAcquireSlotAsync(cancellation))
            return Answer(PeerReplyKind.Busy, slots.BusySeconds);
        try
        {
            _smallFile ??= new byte[SmallFileBytes];
            if (!OpenSharedFile.TryRead(file, _smallFile.AsSpan(0, length)))
            {
                shared.ReportChange(file);
                return Answer(PeerReplyKind.Changed);
            }

            Answer(PeerReplyKind.Data, length);
            _channel.Write(_smallFile.AsSpan(0, length));
            file.CountServed(length);
            _sender ??= new ContentSender(connection, _channel, time, cancellation);
            if (_channel.UnflushedBytes >= SmallFileBytes || !_channel.HasBufferedInput)
                await _sender.FlushAsync();
            return true;
        }
        finally
        {
            slots.Release(connection.Remote.Address);
        }
    }

    // Pipelined GETs share one wait: after a time-out, those already received get BUSY at once. Waiting 5 s for each, they would keep
    // their requester in silence for longer than its stall time-out.
    private async ValueTask<bool> TryAcquireSlotAsync(CancellationToken cancellation)
    {
        if (slots.TryAcquire(connection.Remote.Address))
            return true;
        if (_lastWaitTimedOut)
            return false;
        await FlushAsync(cancellation);
        _lastWaitTimedOut = !await slots.TryAcquireAsync(connection.Remote.Address, cancellation);
        return !_lastWaitTimedOut;
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
        FixedReplies.WriteError(_channel, reason);
        return ++_errorsInRow < Limits.MaxConsecutiveErrors;
    }

    private bool TryOpen(SharedFile file)
    {
        if (_openFile is { } open && open.File == file && open.IsUnchanged())
            return true;
        _openFile?.Dispose();
        if (OpenSharedFile.TryOpen(file, out _openFile))
            return true;
        shared.ReportChange(file);
        return false;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TrySendAsync(SharedFile file, long offset, long length, CancellationToken cancellation)
    {
        _sender ??= new ContentSender(connection, _channel, time, cancellation);
        var sent = await _sender.SendAsync(_openFile!.Handle, offset, length);
        file.CountServed(sent);
        return sent == length;
    }
}
