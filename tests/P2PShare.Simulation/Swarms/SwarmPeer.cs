using System.Buffers;
using System.Net;
using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol.Grammar;

namespace P2PShare.Simulation.Swarms;

/// <summary>A peer of a swarm: it decides with the real code, and sends over an <see cref="Uplink"/> of its own.</summary>
internal sealed class SwarmPeer
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly SwarmPlan _plan;
    private readonly EventQueue _events;
    private readonly Tracker _tracker;

    // Those who are connected to it, in the order in which they came.
    private readonly List<Conversation> _requesters = [];

    /// <param name="number">Its number; 0 is the first owner, which has the whole file.</param>
    /// <param name="plan">The swarm.</param>
    /// <param name="events">The events.</param>
    /// <param name="tracker">The server.</param>
    /// <param name="seed">The seed of its decisions.</param>
    public SwarmPeer(int number, SwarmPlan plan, EventQueue events, Tracker tracker, int seed)
    {
        (Number, _plan, _events, _tracker) = (number, plan, events, tracker);
        Address = new IPAddress([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]);
        Supply = number == 0 ? PieceSupply.Whole(plan.Pieces) : PieceSupply.Empty(plan.Pieces);
        Slots = new UploadSlots(UploadLimits.Slots, UploadLimits.SlotsPerRequester, UploadLimits.SlotPatience, events);
        Uplink = new Uplink(events, plan.BytesPerSecond);
        var random = new Random(seed);
        Scheduler = new PieceScheduler(random);
        Scheduler.AddFile(plan.Content);
        Owners = new Roster(this, events, tracker, random);
    }

    public int Number { get; }

    public int Pieces => _plan.Pieces;

    public TimeSpan Latency => _plan.Latency;

    public IPAddress Address { get; }

    public PieceScheduler Scheduler { get; }

    public PieceSupply Supply { get; }

    public UploadSlots Slots { get; }

    public GivingPeers Giving { get; } = new();

    public Uplink Uplink { get; }

    public Roster Owners { get; }

    /// <summary>Slots with which pieces are being sent.</summary>
    public int UsedSlots { get; set; }

    /// <summary>For one answer after another.</summary>
    public List<PieceRange> Ranges { get; } = [];

    /// <inheritdoc cref="Ranges"/>
    public ArrayBufferWriter<byte> Line { get; } = new();

    /// <summary>It has every piece.</summary>
    public bool IsWhole => Supply.IsWhole;

    public bool HasLeft { get; private set; }

    /// <summary>When it had every piece, in ticks since it began; null until then.</summary>
    public long? FinishedAfter { get; private set; }

    /// <summary>When it began.</summary>
    public long StartedAt { get; private set; }

    /// <summary>Pieces that it received after it had them.</summary>
    public int ReceivedTwice { get; private set; }

    /// <summary>Told of each piece that comes: from whom, and which.</summary>
    public Action<SwarmPeer, int, int>? PieceReceived { get; init; }

    /// <summary>Begins to fetch from the owner that the server named.</summary>
    public void Start(SwarmPeer firstOwner)
    {
        if (HasLeft)
            return;
        StartedAt = _events.GetTimestamp();
        Owners.Begin(firstOwner);
        _events.AfterConstant(Tick, OnTick);
    }

    /// <summary>It has the piece layer: from now on it can fetch pieces, and the server names it to others.</summary>
    public void Open()
    {
        Scheduler.Open(0, []);
        _events.AfterConstant(Latency, _ => _tracker.Add(this));
        WakeWorkers();
    }

    /// <summary>Leaves without a word, as a program that is killed.</summary>
    public void Leave()
    {
        HasLeft = true;
        _tracker.Remove(this);
        Owners.CloseAll();
        foreach (var requester in _requesters.ToArray())
            requester.CloseByOwner();
    }

    /// <summary>Takes a connection. False where there are too many, or it has left.</summary>
    public bool TryAccept(Conversation conversation)
    {
        if (HasLeft || _requesters.Count >= UploadLimits.MaxConnections)
            return false;
        _requesters.Add(conversation);
        return true;
    }

    public void RemoveRequester(Conversation conversation)
    {
        if (_requesters.Remove(conversation))
            conversation.Answering.Close();
    }

    /// <summary>To be called whenever a slot may have become free.</summary>
    public void UseReservations()
    {
        foreach (var requester in _requesters)
            requester.Answering.UseReservation();
    }

    /// <summary>Something has changed that may be new work with any owner.</summary>
    public void WakeWorkers()
    {
        foreach (var owner in Owners.Connected)
            owner.Asking.WorkUnlessRequested();
    }

    public void ReceivePiece(Conversation from, int piece)
    {
        Giving.Add(from.Owner.Address);
        if (!Scheduler.Complete(from.Number, new PieceRef(0, piece), out var isDone))
        {
            ReceivedTwice++;
            return;
        }

        PieceReceived?.Invoke(this, from.Owner.Number, piece);
        Supply.Add(new PieceRange(piece, piece));
        if (isDone)
        {
            FinishedAfter = _events.GetTimestamp() - StartedAt;
            Owners.CloseAll();
        }

        foreach (var requester in _requesters)
            requester.Answering.NotePiece();
    }

    private void OnTick(long unused)
    {
        if (HasLeft || IsWhole)
            return;
        var isAnySilent = false;
        foreach (var owner in Owners.Connected)
            isAnySilent |= owner.Asking.NoteSilence();
        if (isAnySilent)
            WakeWorkers();
        _events.AfterConstant(Tick, OnTick);
    }
}
