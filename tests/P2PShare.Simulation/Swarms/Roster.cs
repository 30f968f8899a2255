using P2PShare.Protocol;

namespace P2PShare.Simulation.Swarms;

/// <summary>The owners that a peer knows, up to 25 of them connected, as in <c>OwnerRoster</c>, and the questions to the server.</summary>
internal sealed class Roster(SwarmPeer peer, EventQueue events, Tracker tracker, Random random)
{
    // As in OwnerRoster and Download.
    private const int MaxWorkers = 25;
    private const int FirstQuestions = 10;
    private const int MaxReplaced = 4;
    private static readonly TimeSpan MinTimeOfWork = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenUrgentQuestions = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenFirstQuestions = TimeSpan.FromSeconds(0.5);

    private readonly Dictionary<SwarmPeer, Known> _byPeer = [];
    private readonly List<Known> _known = [];
    private readonly List<Conversation> _connected = [];
    private int _questions;
    private bool _hasEnded;

    private sealed class Known(SwarmPeer owner, int number)
    {
        public SwarmPeer Owner => owner;

        public int Number => number;

        public bool IsWhole { get; set; }

        /// <summary>Null where it is not connected, nor being connected.</summary>
        public Conversation? Conversation { get; set; }

        public int FailuresInRow { get; set; }

        public long FailedAt { get; set; }

        public long StartedAt { get; set; }
    }

    /// <summary>In the order in which they were connected.</summary>
    public IReadOnlyList<Conversation> Connected => _connected;

    public void Begin(SwarmPeer firstOwner)
    {
        Update([firstOwner]);
        AskLater();
    }

    public void CloseAll()
    {
        _hasEnded = true;
        foreach (var known in _known)
        {
            if (known.Conversation is { IsClosed: false } conversation)
                conversation.CloseByRequester();
        }

        _connected.Clear();
    }

    /// <summary>The owner is gone, or refused the connection.</summary>
    public void NoteFault(Conversation failed)
    {
        var (number, known) = (failed.Number, _known[failed.Number]);
        if (_hasEnded || known.Conversation != failed)
            return;
        known.Conversation = null;
        _connected.Remove(failed);
        known.FailuresInRow = failed.Asking.HasVerifiedPiece ? 1 : known.FailuresInRow + 1;
        known.FailedAt = events.GetTimestamp();
        peer.Scheduler.RemoveOwner(number);
        if (failed.Asking.IsOpening)
            peer.Scheduler.ReleaseFile(0);
        peer.WakeWorkers();
    }

    private void AskLater()
    {
        var pause = _questions++ < FirstQuestions ? BetweenFirstQuestions
            : _connected.Count == 0 ? BetweenUrgentQuestions
            : BetweenQuestions;
        events.AfterConstant(pause + 2 * peer.Latency, OnAnswer);
    }

    private void OnAnswer(long unused)
    {
        if (_hasEnded)
            return;
        Update(tracker.Pick(Limits.MaxLocatedOwners));
        AskLater();
    }

    private void Update(IReadOnlyList<SwarmPeer> found)
    {
        foreach (var owner in found)
            Add(owner);
        var running = 0;
        foreach (var known in _known)
        {
            if (known.Conversation is null)
                continue;
            running++;
            AddSource(known);
        }

        var candidates = _known.Where(known => known.Conversation is null && MayWork(known)).ToArray();
        var free = MaxWorkers - running;
        free += Replace(Math.Min(MaxReplaced, candidates.Length - free));
        random.Shuffle(candidates);
        foreach (var known in candidates.OrderBy(known => known.StartedAt).Take(free))
            Connect(known);
        peer.WakeWorkers();
    }

    private int Replace(int count)
    {
        var replaced = 0;
        foreach (var known in _known)
        {
            if (replaced >= count)
                break;
            if (known.Conversation is not { } conversation
                || events.GetElapsedTime(known.StartedAt) < MinTimeOfWork
                || peer.Scheduler.IsInteresting(known.Number))
                continue;
            known.Conversation = null;
            _connected.Remove(conversation);
            conversation.CloseByRequester();
            peer.Scheduler.RemoveOwner(known.Number);
            replaced++;
        }

        return replaced;
    }

    private void Add(SwarmPeer owner)
    {
        if (owner == peer)
            return;
        if (!_byPeer.TryGetValue(owner, out var known))
        {
            known = new Known(owner, _known.Count);
            _known.Add(known);
            _byPeer.Add(owner, known);
        }

        known.IsWhole |= owner.IsWhole;
    }

    private bool MayWork(Known known)
    {
        var pause = Math.Min(MaxPause.Ticks, FirstPause.Ticks << Math.Min(known.FailuresInRow, 10));
        return known.FailuresInRow == 0 || events.GetTimestamp() - known.FailedAt > pause;
    }

    private void AddSource(Known known)
    {
        if (known.IsWhole)
            peer.Scheduler.AddSource(known.Number, 0);
        else
            peer.Scheduler.AddPartialSource(known.Number, 0);
    }

    // A round trip for the connection, and one for the handshake.
    private void Connect(Known known)
    {
        var conversation = new Conversation(peer, known.Owner, known.Number, events, peer.Latency);
        (known.Conversation, known.StartedAt) = (conversation, events.GetTimestamp());
        AddSource(known);
        events.AfterConstant(2 * peer.Latency, _ =>
        {
            if (conversation.IsClosed)
                return;
            if (!known.Owner.TryAccept(conversation))
            {
                NoteFault(conversation);
                return;
            }

            events.AfterConstant(2 * peer.Latency, _ => BeginWork(conversation));
        });
    }

    private void BeginWork(Conversation conversation)
    {
        if (conversation.IsClosed)
            return;
        _connected.Add(conversation);
        conversation.Asking.WorkUnlessRequested();
    }
}
