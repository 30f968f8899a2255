using P2PShare.Peer.Peers;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>
/// The requester's side of WATCH with one owner (PROTOCOL.md, section 6.4): learns which pieces the owner has, and whether it may be
/// asked for one. Used by the owner's worker alone.
/// </summary>
/// <param name="owner">The owner's number in the scheduler.</param>
/// <param name="state">The download's state.</param>
/// <param name="port">The port on which this peer serves what it has; null where it serves nothing.</param>
internal sealed class OwnerWatch(int owner, DownloadState state, int? port)
{
    private readonly record struct Question(int File, int Position);

    private readonly Queue<Question> _unanswered = new();

    // How much of the owner's log of each file is known.
    private readonly Dictionary<int, int> _positions = [];

    private int _lastFile = -1;
    private bool _wasInterested;

    /// <summary>How many GETs may be sent now: 0 where the owner has choked this peer.</summary>
    public int Allowance { get; private set; } = int.MaxValue;

    /// <summary>The owner serves others first, and this peer waits for a piece that it could ask for.</summary>
    public bool IsChoked => Allowance == 0 && _wasInterested;

    /// <summary>Nothing was asked yet: only a conversation with a WATCH is told CHOKED, instead of waiting for a slot in silence.</summary>
    public bool IsNew { get; private set; } = true;

    /// <summary>The last so many answers told of nothing.</summary>
    public int EmptyAnswersInRow { get; private set; }

    /// <summary>The owner owes an answer.</summary>
    public bool IsWaiting => _unanswered.Count > 0;

    /// <summary>The owner said that it does not share a file any more.</summary>
    public bool HasLostFile { get; private set; }

    /// <summary>Asks, unless the unanswered question is the same. False where nothing was asked.</summary>
    public bool TryAsk(PeerConnection peer)
    {
        var file = state.FileToWatch(owner, _lastFile, out var isInterested);
        if (file < 0 || (_unanswered.Count > 0 && (_wasInterested || !isInterested)))
            return false;
        var identity = state.Files[file].Identity;
        var question = new Question(file, PositionOf(file, identity));
        peer.WatchAnswered = NoteAnswer;
        peer.Ask(new Watch(identity.Id, question.Position, isInterested, port));
        _unanswered.Enqueue(question);
        (IsNew, _lastFile, _wasInterested) = (false, file, isInterested);
        return true;
    }

    /// <summary>So many GETs were sent.</summary>
    public void NoteRequested(int count)
    {
        if (Allowance != int.MaxValue)
            Allowance -= count;
    }

    /// <summary>A GET was answered with CHOKED.</summary>
    public void NoteChoked() => Allowance = 0;

    // Of an owner of the whole file nothing can be learned.
    private int PositionOf(int file, FileIdentity identity) =>
        _positions.TryGetValue(file, out var position) ? position
        : state.IsWhole(owner, file) ? identity.PieceCount
        : 0;

    private void NoteAnswer(PeerReply reply)
    {
        if (!_unanswered.TryDequeue(out var question))
            throw new PeerViolationException("it answered a question that was not asked");
        var count = state.Files[question.File].Identity.PieceCount;
        foreach (var range in reply.Pieces)
        {
            if (range.Last >= count)
                throw new PeerViolationException("it named pieces beyond the end of the file");
        }

        switch (reply.Kind)
        {
            case PeerReplyKind.Have:
                NotePieces(question, count, reply);
                break;
            case PeerReplyKind.Unchoked:
                Allowance = reply.Number > 1 ? int.MaxValue : 1;
                EmptyAnswersInRow = 0;
                state.NoteOwner(scheduler => scheduler.Suggest(owner, question.File, reply.Pieces));
                break;
            default:
                HasLostFile = true;
                state.Change(scheduler => scheduler.RemoveSource(owner, question.File));
                break;
        }
    }

    private void NotePieces(Question question, int count, PeerReply reply)
    {
        var file = question.File;
        if (reply.Number > count)
            throw new PeerViolationException("it has more pieces than the file");
        // What was told before is no news, and an owner that begins its log anew again and again has none.
        EmptyAnswersInRow = reply.Pieces.IsEmpty || reply.Number <= question.Position ? EmptyAnswersInRow + 1 : 0;
        _positions[file] = reply.Number;
        state.NoteOwner(scheduler =>
        {
            // It begins its log anew: it has a part, whatever the server says.
            if (reply.Number < question.Position)
                scheduler.MarkPart(owner, file);
            foreach (var range in reply.Pieces)
                scheduler.AddPieces(owner, file, range);
            if (reply.Number == count)
                scheduler.AddSource(owner, file);
        });
    }
}
