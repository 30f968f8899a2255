using P2PShare.Networking;
using P2PShare.Peer.Async;
using P2PShare.Peer.Peers;
using P2PShare.Peer.Sharing;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Transport;

namespace P2PShare.Peer.Uploads;

/// <summary>
/// Answers WATCH (PROTOCOL.md, section 6.4): when a piece has come, when a slot is reserved, when the next command arrives, or after 5 s.
/// While it waits it receives, so that from the first WATCH on it reads the lines of the conversation.
/// </summary>
internal sealed class PieceWatch(Connection connection, LineChannel channel, Requester requester, UploadServices services)
{
    private readonly List<PieceRange> _ranges = [];

    // Counted from the grant: whatever a requester sends instead of its GET, or byte by byte, does not prolong it.
    private TimeSpan ReservationLeft => UploadLimits.ReservationTime - services.Time.GetElapsedTime(requester.ReservedAt);

    // A receive that is under way: it outlasts the answer that ended the wait for it.
    private Task<int>? _receiving;

    /// <summary>Reads the next line; null at the end of the stream. Gives up a reserved slot that is not used in time.</summary>
    /// <exception cref="OperationCanceledException">No line came in time.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(StallTimer idle)
    {
        ReadOnlyMemory<byte> line;
        while (!channel.TryReadLine(out line))
        {
            _receiving ??= channel.ReceiveIntoBufferAsync(idle.Restart()).AsTask();
            if (requester.HasReservation && !await CompletesInTimeAsync(_receiving))
                services.Slots.Withdraw(requester);
            var count = await _receiving;
            _receiving = null;
            if (!channel.CommitReceived(count))
                return null;
        }

        idle.Stop();
        return line;
    }

    /// <summary>Writes the answer; the caller flushes.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask AnswerAsync(Watch watch, StallTimer idle)
    {
        requester.IsWatching = true;
        requester.Standing = services.Giving.Contains(connection.Remote.Address) ? Standing.Gives
            : watch.Port is null ? Standing.Takes
            : Standing.Serves;
        if (!watch.IsInterested || ReservationLeft <= TimeSpan.Zero)
            services.Slots.Withdraw(requester);

        var supply = services.Shared.TryFind(watch.Id, out var file) ? file.Supply
            : services.Shared.TryFindPart(watch.Id, out var part) ? part.Supply
            : null;
        if (supply is null)
        {
            new PeerReply(PeerReplyKind.HaveNone, 0).WriteTo(channel);
            return;
        }

        var version = supply.Changed.Version;
        if (TryAnswerHave(supply, watch.Position))
            return;
        if (await WaitAsync(watch, supply.IsWhole ? null : supply.Changed, version, Limits.WatchPatience, idle) && watch.IsInterested)
        {
            // It knows pieces enough that it could ask for: what matters to it is the slot. Pieces that come meanwhile are told together;
            // otherwise each of fifty requesters would be told of every piece by a message of its own.
            await WaitAsync(watch, change: null, version, UploadLimits.TellInterestedAfter, idle);
        }

        if (TryAnswerHave(supply, watch.Position))
            return;
        if (requester.HasReservation)
            AnswerUnchoked(supply);
        else
            PeerReply.WriteHave(channel, watch.Position, []);
    }

    private bool TryAnswerHave(PieceSupply supply, int position)
    {
        var next = supply.CopyLog(position, _ranges);
        if (next == position)
            return false;
        PeerReply.WriteHave(channel, next, [.. _ranges]);
        return true;
    }

    private void AnswerUnchoked(PieceSupply supply)
    {
        supply.Suggest(UploadLimits.SuggestedPieces, _ranges);
        PeerReply.WriteUnchoked(channel, services.Slots.IsContended ? 1 : UploadLimits.UncontendedGets, [.. _ranges]);
    }

    // Ends at the first of: a piece, a slot, the next command (or the end of the stream), the end of the time. True where it was a piece.
    private async Task<bool> WaitAsync(Watch watch, VersionedEvent? change, long version, TimeSpan patience, StallTimer idle)
    {
        if (channel.HasBufferedInput)
            return false;
        _receiving ??= channel.ReceiveIntoBufferAsync(idle.Restart()).AsTask();
        using var answered = new CancellationTokenSource();
        var expired = Task.Delay(patience, services.Time, answered.Token);
        var changed = change?.WaitForChange(version) ?? expired;
        var reserved = watch.IsInterested ? services.Slots.ReserveAsync(requester) : expired;
        var first = await Task.WhenAny(_receiving, expired, changed, reserved);
        services.Slots.StopWaiting(requester);

        // Not CancelAsync, which would go on in the thread pool: an answer would have to wait for it, and no run could be repeated.
        answered.Cancel();
        return first != expired && first == changed;
    }

    private async Task<bool> CompletesInTimeAsync(Task receiving)
    {
        var left = ReservationLeft;
        if (left <= TimeSpan.Zero)
            return false;
        using var received = new CancellationTokenSource();
        var first = await Task.WhenAny(receiving, Task.Delay(left, services.Time, received.Token));
        received.Cancel();
        return first == receiving;
    }
}
