using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using P2PShare.Networking;
using P2PShare.Peer.Peers;
using P2PShare.Peer.Sharing;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;
using P2PShare.Protocol.Transport;

namespace P2PShare.Peer.Uploads;

/// <summary>
/// The owner's side of one SWARM conversation (PROTOCOL.md, sections 6.2 to 6.5): answers GET, HASHES, WATCH, META and FOLDERS.
/// </summary>
internal sealed class SwarmConversation(Connection connection, LineChannel channel, UploadServices services) : IDisposable
{
    // Up to this size, a file is copied into the output buffer; the buffer is sent when it holds as much.
    private const int SmallFileBytes = 64 * 1024;

    private readonly Requester _requester = new(connection.Remote.Address);
    private OpenSharedFile? _openFile;
    private ContentSender? _sender;
    private StallTimer? _idle;
    private PieceWatch? _watch;
    private RequesterFetch? _fetch;
    private byte[]? _smallFile;
    private int _errorsInRow;
    private bool _lastWaitTimedOut;

    /// <summary>Answers commands until the requester or <paramref name="cancellation"/> ends the connection.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or the requester sent no command for too long.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        new VersionReply(true, Features.Swarm | Features.Pieces | Features.Meta).WriteTo(channel);
        while (await NextLineAsync(cancellation) is { } line)
        {
            if (await AnswerAsync(line, cancellation))
                continue;
            await channel.FlushAsync(cancellation);
            return;
        }
    }

    public void Dispose()
    {
        services.Slots.Forget(_requester);
        services.Fetches.End(_fetch);
        _openFile?.Dispose();
        _sender?.Dispose();
        _idle?.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadOnlyMemory<byte>?> NextLineAsync(CancellationToken cancellation)
    {
        if (channel.TryReadLine(out var received))
            return received;
        _lastWaitTimedOut = false;
        await FlushAsync(cancellation);
        if (_watch is not null)
            return await _watch.ReadLineAsync(_idle!);
        var line = await channel.ReadLineAsync(_idle!.Restart());
        _idle.Stop();
        return line;
    }

    // The output buffer may hold files, which a requester might never read: hence a timer.
    private ValueTask FlushAsync(CancellationToken cancellation)
    {
        _idle ??= new StallTimer(UploadLimits.ConversationIdle, services.Time, cancellation);
        return channel.FlushAsync(_idle.Restart());
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
            case Verb.Watch when Watch.TryParse(arguments, out var watch, out _):
                return await AnswerAsync(watch, cancellation);
            case Verb.Meta when Meta.TryParse(arguments, out var meta, out _):
                return Answer(MetadataAnswers.Of(meta, services.Shared));
            case Verb.Folders when Folders.TryParse(arguments, out var folders, out _):
                return await AnswerAsync(folders, cancellation);
            default:
                services.Log.Information("{Peer} sent a malformed command: {Line:l}", connection.Remote, Printable.Of(line.Span));
                return AnswerError("unknown or malformed command");
        }
    }

    private async ValueTask<bool> AnswerAsync(Watch watch, CancellationToken cancellation)
    {
        if (_watch is null)
        {
            _watch = new PieceWatch(connection, channel, _requester, services);
            connection.LimitUnsent(UploadLimits.MaxUnsentBytes);
        }

        _errorsInRow = 0;
        await FlushAsync(cancellation);
        await _watch.AnswerAsync(watch, _idle!);
        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> AnswerAsync(Get get, CancellationToken cancellation)
    {
        if (!services.Shared.TryFind(get.Id, out var file))
            return services.Shared.TryFindPart(get.Id, out var part)
                ? await AnswerFromPartAsync(part, get, cancellation)
                : Answer(PeerReplyKind.NotShared);
        if (get.Offset + get.Length > file.Identity.Size)
            return AnswerError("offset and length beyond the end of the file");
        if (get.Length <= SmallFileBytes && get.Length == file.Identity.Size && services.Limit.IsOff)
            return await AnswerSmallAsync(file, get.Length, cancellation);
        if (!TryOpen(file))
            return Answer(PeerReplyKind.Changed);
        if (!await TryAcquireSlotAsync(cancellation))
            return AnswerWithoutSlot();
        long sent = 0;
        try
        {
            file.NoteSending(get.Offset, get.Length);
            sent = await SendAsync(_openFile!.Handle, file.Name, get, cancellation);
            file.CountServed(sent);
            return EndUnlessWhole(sent == get.Length);
        }
        finally
        {
            services.Slots.Release(_requester, sent);
        }
    }

    private async ValueTask<bool> AnswerFromPartAsync(SharedPart part, Get get, CancellationToken cancellation)
    {
        if (get.Offset + get.Length > part.Identity.Size)
            return AnswerError("offset and length beyond the end of the file");
        if (!part.Supply.Has(get.Offset, get.Length) || part.TryUse() is not { } handle)
            return Answer(PeerReplyKind.NotShared);
        try
        {
            if (!await TryAcquireSlotAsync(cancellation))
                return AnswerWithoutSlot();
            long sent = 0;
            try
            {
                part.Supply.NoteSending(get.Offset, get.Length);
                sent = await SendAsync(handle, part.Name, get, cancellation);
                part.Uploads.Note(_requester, sent, services.Time.GetTimestamp());
                return EndUnlessWhole(sent == get.Length);
            }
            finally
            {
                services.Slots.Release(_requester, sent);
            }
        }
        finally
        {
            part.EndUse();
        }
    }

    // Replies to pipelined GETs of small files are sent together.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> AnswerSmallAsync(SharedFile file, int length, CancellationToken cancellation)
    {
        if (!await TryAcquireSlotAsync(cancellation))
            return AnswerWithoutSlot();
        try
        {
            _smallFile ??= new byte[SmallFileBytes];
            if (!OpenSharedFile.TryRead(file, _smallFile.AsSpan(0, length)))
            {
                services.Shared.ReportChange(file);
                return Answer(PeerReplyKind.Changed);
            }

            Answer(PeerReplyKind.Data, length);
            channel.Write(_smallFile.AsSpan(0, length));
            file.CountServed(length);
            FetchOf(file.Name, file.Identity.Id)?.Note(length, services.Time.GetTimestamp());
            if (channel.UnflushedBytes >= SmallFileBytes || !channel.HasBufferedInput)
                await SenderFor(cancellation).FlushAsync();
            return true;
        }
        finally
        {
            services.Slots.Release(_requester, length);
        }
    }

    // Pipelined GETs share one wait: after a time-out, those already received get BUSY at once. Waiting 5 s for each, they would keep
    // their requester in silence for longer than its stall time-out.
    private async ValueTask<bool> TryAcquireSlotAsync(CancellationToken cancellation)
    {
        if (services.Slots.TryAcquire(_requester))
            return true;
        if (_lastWaitTimedOut || _requester.IsWatching)
            return false;
        await FlushAsync(cancellation);
        _lastWaitTimedOut = !await services.Slots.TryAcquireAsync(_requester, cancellation);
        return !_lastWaitTimedOut;
    }

    private bool AnswerWithoutSlot() =>
        _requester.IsWatching ? Answer(PeerReplyKind.Choked) : Answer(PeerReplyKind.Busy, services.Slots.BusySeconds);

    private async ValueTask<bool> AnswerAsync(Hashes hashes, CancellationToken cancellation)
    {
        var layer = services.Shared.TryFind(hashes.Id, out var file) ? services.Layers.TryGet(file.Identity)
            : services.Shared.TryFindPart(hashes.Id, out var part) ? part.Layer
            : null;
        if (layer is not { Hashes.IsEmpty: false })
            return Answer(PeerReplyKind.NotShared);
        if ((long)hashes.Index + hashes.Count > layer.Identity.PieceCount)
            return AnswerError("index and count beyond the end of the piece layer");
        Answer(PeerReplyKind.Data, hashes.Count * Limits.HashBytes);
        await SenderFor(cancellation).SendAsync(layer.Hashes.Slice(hashes.Index * Limits.HashBytes, hashes.Count * Limits.HashBytes));
        return true;
    }

    // Flushed at once: a requester that sends many of these and reads nothing gets one answer's bytes buffered.
    private async ValueTask<bool> AnswerAsync(Folders folders, CancellationToken cancellation)
    {
        _errorsInRow = 0;
        MetadataAnswers.Write(folders, services.Shared, channel);
        await FlushAsync(cancellation);
        return true;
    }

    private bool Answer(PeerReplyKind kind, int number = 0) => Answer(new PeerReply(kind, number));

    private bool Answer(PeerReply reply)
    {
        _errorsInRow = 0;
        reply.WriteTo(channel);
        return true;
    }

    private bool AnswerError(string reason)
    {
        FixedReplies.WriteError(channel, reason);
        return ++_errorsInRow < Limits.MaxConsecutiveErrors;
    }

    private bool TryOpen(SharedFile file)
    {
        if (_openFile is { } open && open.File == file && open.IsUnchanged())
            return true;
        _openFile?.Dispose();
        if (OpenSharedFile.TryOpen(file, out _openFile))
            return true;
        services.Shared.ReportChange(file);
        return false;
    }

    private ValueTask<long> SendAsync(SafeFileHandle handle, FileName name, Get get, CancellationToken cancellation)
    {
        Answer(PeerReplyKind.Data, get.Length);
        return SenderFor(cancellation).SendAsync(handle, get.Offset, get.Length, FetchOf(name, get.Id));
    }

    private ContentSender SenderFor(CancellationToken cancellation) =>
        _sender ??= new ContentSender(connection, channel, services.Limit, services.Time, cancellation);

    private RequesterFetch? FetchOf(FileName name, FileId id)
    {
        if (_fetch is { HasEnded: false } fetch && fetch.Id == id)
            return fetch;
        services.Fetches.End(_fetch);
        return _fetch = services.Fetches.Begin(connection.Remote.Address, name, id);
    }

    // Fewer bytes than the DATA line counts: only a reset tells the requester.
    private bool EndUnlessWhole(bool isWhole)
    {
        if (!isWhole)
            connection.Abort();
        return isWhole;
    }
}
