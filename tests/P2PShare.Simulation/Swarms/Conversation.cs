using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Simulation.Swarms;

/// <summary>One connection from a requester to an owner: messages arrive in order, after the latency.</summary>
internal sealed class Conversation
{
    private readonly EventQueue _events;
    private readonly TimeSpan _latency;
    private readonly Queue<PeerCommand> _commands = new();
    private readonly Queue<PeerReply> _replies = new();
    private readonly Action<long> _onCommands;
    private readonly Action<long> _onReply;

    /// <param name="requester">Who connects.</param>
    /// <param name="owner">Who accepts.</param>
    /// <param name="number">The owner's number in the scheduler of the requester.</param>
    /// <param name="events">The events.</param>
    /// <param name="latency">How long a message takes.</param>
    public Conversation(SwarmPeer requester, SwarmPeer owner, int number, EventQueue events, TimeSpan latency)
    {
        (Requester, Owner, Number, _events, _latency) = (requester, owner, number, events, latency);
        (_onCommands, _onReply) = (OnCommands, OnReply);
        Asking = new RequesterSide(this, events);
        Answering = new OwnerSide(this, events);
    }

    public SwarmPeer Requester { get; }

    public SwarmPeer Owner { get; }

    public int Number { get; }

    public RequesterSide Asking { get; }

    public OwnerSide Answering { get; }

    /// <summary>One side has closed it: what is on its way does not arrive.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Sends commands together, as one flush does.</summary>
    public void Send(List<PeerCommand> commands)
    {
        foreach (var command in commands)
            _commands.Enqueue(command);
        _events.AfterConstant(_latency, _onCommands, commands.Count);
    }

    public void Send(PeerReply reply)
    {
        _replies.Enqueue(reply);
        _events.AfterConstant(_latency, _onReply);
    }

    /// <summary>The requester closes it, and the owner learns of it later.</summary>
    public void CloseByRequester()
    {
        IsClosed = true;
        _events.AfterConstant(_latency, _ => Owner.RemoveRequester(this));
    }

    /// <summary>The owner is gone, and the requester learns of it later.</summary>
    public void CloseByOwner()
    {
        IsClosed = true;
        Owner.RemoveRequester(this);
        _events.AfterConstant(_latency, _ => Requester.Owners.NoteFault(this));
    }

    private void OnCommands(long count)
    {
        if (IsClosed)
            return;
        for (; count > 0; count--)
            Answering.Receive(_commands.Dequeue());
        Answering.Work();
    }

    private void OnReply(long unused)
    {
        if (!IsClosed)
            Asking.Receive(_replies.Dequeue());
    }
}
