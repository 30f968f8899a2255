using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Simulation.Swarms;

/// <summary>
/// The requester's side of a conversation: what <c>OwnerWorker</c>, <c>OwnerWatch</c> and <c>RequestPipeline</c> do, without their
/// connection and their tasks. The scheduler is the real one.
/// </summary>
internal sealed class RequesterSide(Conversation conversation, EventQueue events)
{
    private const double WeightOfLatestRate = 0.3;
    private const double SilenceSeconds = 0.5;

    private readonly Queue<int> _requested = new();
    private readonly Queue<bool> _unanswered = new();
    private readonly List<PeerCommand> _unsent = [];
    private int _allowance = int.MaxValue;
    private int? _position;
    private bool _wasInterested;
    private bool _isNew = true;
    private double _rate;
    private long _lastArrival;

    /// <summary>At least one of the owner's pieces was verified.</summary>
    public bool HasVerifiedPiece { get; private set; }

    /// <summary>It fetches the piece layer.</summary>
    public bool IsOpening { get; private set; }

    private SwarmPeer Peer => conversation.Requester;

    private PieceScheduler Scheduler => conversation.Requester.Scheduler;

    /// <summary>Something has changed that may be new work; nothing happens while an answer to a GET is due.</summary>
    public void WorkUnlessRequested()
    {
        if (_requested.Count == 0)
            Work();
    }

    public void Receive(PeerReply reply)
    {
        switch (reply.Kind)
        {
            case PeerReplyKind.Data:
                ReceivePiece(_requested.Dequeue(), reply.Number);
                break;
            case PeerReplyKind.Choked:
                _allowance = 0;
                Scheduler.Release(conversation.Number, new PieceRef(0, _requested.Dequeue()));
                Peer.WakeWorkers();
                Work();
                break;
            default:
                ReceiveWatchReply(reply);
                WorkUnlessRequested();
                break;
        }
    }

    /// <summary>See <c>RequestPipeline.NoteSilence</c>. True where the rate was lowered.</summary>
    public bool NoteSilence()
    {
        var seconds = SecondsSinceArrival();
        if (_requested.Count == 0 || seconds < SilenceSeconds)
            return false;
        var limit = Limits.PieceBytes / seconds;
        Scheduler.SetRate(conversation.Number, _rate == 0 ? limit : Math.Min(_rate, limit));
        return true;
    }

    private void Work()
    {
        if (_isNew)
            TryAsk();
        Fill();
        if (_requested.Count == 0)
        {
            if (Scheduler.TryPickFileToOpen(conversation.Number, out _))
                FetchLayer();
            TryAsk();
        }

        if (_unsent.Count > 0)
            conversation.Send(_unsent);
        _unsent.Clear();
    }

    // A thousand layers of a thousand pieces are as much as three hundredths of the file.
    private void FetchLayer()
    {
        IsOpening = true;
        conversation.Owner.Uplink.Start(
            conversation, Peer.Pieces * Limits.HashBytes, () => events.AfterConstant(2 * Peer.Latency, _ => Open()));
    }

    private void Open()
    {
        if (conversation.IsClosed)
            return;
        IsOpening = false;
        Peer.Open();
    }

    private void Fill()
    {
        if (_requested.Count == 0)
            _lastArrival = events.GetTimestamp();
        while (_allowance > 0 && Scheduler.TryPick(conversation.Number, out var piece))
        {
            _unsent.Add(PeerCommand.Get(piece.Piece));
            _requested.Enqueue(piece.Piece);
            _allowance -= _allowance == int.MaxValue ? 0 : 1;
        }
    }

    private void TryAsk()
    {
        var file = Scheduler.FileToWatch(conversation.Number, -1, out var isInterested);
        if (file < 0 || (_unanswered.Count > 0 && (_wasInterested || !isInterested)))
            return;
        var position = _position ?? (Scheduler.IsWhole(conversation.Number, file) ? Peer.Pieces : 0);
        _unsent.Add(PeerCommand.Watch(position, isInterested));
        _unanswered.Enqueue(isInterested);
        (_isNew, _wasInterested) = (false, isInterested);
    }

    private void ReceiveWatchReply(PeerReply reply)
    {
        _unanswered.Dequeue();
        if (reply.Kind == PeerReplyKind.Unchoked)
        {
            _allowance = reply.Number > 1 ? int.MaxValue : 1;
            Scheduler.Suggest(conversation.Number, 0, reply.Pieces);
            return;
        }

        _position = reply.Number;
        foreach (var range in reply.Pieces)
            Scheduler.AddPieces(conversation.Number, 0, range);
        if (reply.Number == Peer.Pieces)
            Scheduler.AddSource(conversation.Number, 0);
    }

    private void ReceivePiece(int piece, int bytes)
    {
        var seconds = Math.Max(SecondsSinceArrival(), 1e-6);
        _lastArrival = events.GetTimestamp();
        _rate = _rate == 0 ? bytes / seconds : _rate + WeightOfLatestRate * (bytes / seconds - _rate);
        Scheduler.SetRate(conversation.Number, _rate);
        HasVerifiedPiece = true;
        Peer.ReceivePiece(conversation, piece);
        if (!conversation.IsClosed)
            Work();
    }

    private double SecondsSinceArrival() => (events.GetTimestamp() - _lastArrival) / (double)TimeSpan.TicksPerSecond;
}
