using System.Buffers;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Simulation.Swarms;

/// <summary>
/// The owner's side of a conversation: what <c>SwarmConversation</c> and <c>PieceWatch</c> do, without their connection and their tasks.
/// The slots and the supply of pieces are the real ones.
/// </summary>
internal sealed class OwnerSide
{
    private readonly Conversation _conversation;
    private readonly EventQueue _events;
    private readonly Requester _requester;
    private readonly Queue<PeerCommand> _received = new();
    private readonly Action<long> _onTimeout;
    private bool _isReserving;
    private PeerCommand _watch;
    private bool _isWatching;
    private bool _isToldLater;
    private bool _isSending;

    // Tells the timers of one wait from those of the next.
    private long _wait;

    public OwnerSide(Conversation conversation, EventQueue events)
    {
        (_conversation, _events, _onTimeout) = (conversation, events, OnTimeout);
        _requester = new Requester(conversation.Requester.Address);
    }

    private SwarmPeer Owner => _conversation.Owner;

    public void Receive(PeerCommand command) => _received.Enqueue(command);

    /// <summary>Answers the commands that were received, until one of them has to wait.</summary>
    public void Work()
    {
        // The next command ends the wait.
        if (_isWatching && _received.Count > 0)
            AnswerWatch();
        while (!_isSending && !_isWatching && !_conversation.IsClosed && _received.TryDequeue(out var command))
        {
            if (command.IsGet)
                AnswerGet(command.Piece);
            else
                BeginWatch(command);
        }
    }

    /// <summary>A piece has come.</summary>
    public void NotePiece()
    {
        if (!_isWatching || _isToldLater)
            return;
        if (!_watch.IsInterested)
        {
            AnswerWatch();
            return;
        }

        _isToldLater = true;
        Wait(UploadLimits.TellInterestedAfter);
    }

    /// <summary>Answers a WATCH that waits for a slot, where one is reserved for it now.</summary>
    public void UseReservation()
    {
        if (_isReserving && _requester.HasReservation)
            AnswerWatch();
    }

    public void Close()
    {
        StopWaiting();
        Owner.Uplink.Abort(_conversation);
        if (_isSending)
            Release(0);

        Owner.Slots.Forget(_requester);
        Owner.UseReservations();
    }

    private void BeginWatch(PeerCommand watch)
    {
        _requester.IsWatching = true;
        _requester.Standing = Owner.Giving.Contains(_conversation.Requester.Address) ? Standing.Gives : Standing.Serves;
        if (!watch.IsInterested && _requester.HasReservation)
        {
            Owner.Slots.Withdraw(_requester);
            Owner.UseReservations();
        }

        _watch = watch;
        if (TryAnswerHave())
            return;
        if (_received.Count > 0)
        {
            AnswerUnchokedOrNothing();
            return;
        }

        (_isWatching, _isToldLater) = (true, false);
        Wait(Limits.WatchPatience);
    }

    private void Wait(TimeSpan patience)
    {
        StopWaiting();
        _events.AfterConstant(patience, _onTimeout, _wait);
        if (!_watch.IsInterested)
            return;
        _isReserving = true;
        _ = Owner.Slots.ReserveAsync(_requester);
        Owner.UseReservations();
    }

    private void OnTimeout(long wait)
    {
        if (_isWatching && wait == _wait)
            AnswerWatch();
    }

    private void AnswerWatch()
    {
        _isWatching = false;
        StopWaiting();
        if (!TryAnswerHave())
            AnswerUnchokedOrNothing();
    }

    private void StopWaiting()
    {
        _wait++;
        if (_isReserving)
            Owner.Slots.StopWaiting(_requester);
        _isReserving = false;
    }

    private bool TryAnswerHave()
    {
        var next = Owner.Supply.CopyLog(_watch.Position, Owner.Ranges);
        if (next == _watch.Position)
            return false;
        Send(output => PeerReply.WriteHave(output, next, [.. Owner.Ranges]));
        return true;
    }

    private void AnswerUnchokedOrNothing()
    {
        if (!_requester.HasReservation)
        {
            Send(output => PeerReply.WriteHave(output, _watch.Position, []));
            return;
        }

        Owner.Supply.Suggest(UploadLimits.SuggestedPieces, Owner.Ranges);
        var count = Owner.Slots.IsContended ? 1 : UploadLimits.UncontendedGets;
        Send(output => PeerReply.WriteUnchoked(output, count, [.. Owner.Ranges]));
    }

    // The real writer and the real parser: a list of pieces exists only as the text of a line.
    private void Send(Action<IBufferWriter<byte>> write)
    {
        Owner.Line.ResetWrittenCount();
        write(Owner.Line);
        if (!PeerReply.TryParse(Owner.Line.WrittenSpan[..^1].ToArray(), out var reply))
            throw new InvariantViolationException("a peer wrote a reply that cannot be parsed");
        _conversation.Send(reply);
    }

    private void AnswerGet(int piece)
    {
        var (offset, isReserved) = ((long)piece * Limits.PieceBytes, _requester.HasReservation);
        if (!Owner.Supply.Has(offset, Limits.PieceBytes))
            throw new InvariantViolationException($"peer {Owner.Number} was asked for piece {piece}, which it does not have");
        if (!Owner.Slots.TryAcquire(_requester))
        {
            if (isReserved)
                throw new InvariantViolationException($"peer {Owner.Number} choked a requester for which it had reserved a slot");
            _conversation.Send(new PeerReply(PeerReplyKind.Choked, 0));
            return;
        }

        _isSending = true;
        if (++Owner.UsedSlots > UploadLimits.Slots)
            throw new InvariantViolationException($"peer {Owner.Number} sends to more requesters at once than it has upload slots");
        Owner.Supply.NoteSending(offset, Limits.PieceBytes);
        Owner.Uplink.Start(_conversation, Limits.PieceBytes, NoteSent);
    }

    private void NoteSent()
    {
        _conversation.Send(new PeerReply(PeerReplyKind.Data, Limits.PieceBytes));
        Release(Limits.PieceBytes);
        Owner.UseReservations();
        Work();
    }

    private void Release(long sent)
    {
        _isSending = false;
        Owner.UsedSlots--;
        Owner.Slots.Release(_requester, sent);
    }
}
