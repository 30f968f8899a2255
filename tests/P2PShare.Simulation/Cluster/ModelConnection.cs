using P2PShare.Server.Cluster.Messages;
using P2PShare.Simulation.Swarms;

namespace P2PShare.Simulation.Cluster;

/// <summary>
/// One server's connection to the stream. What it publishes is delayed, lost, stored twice, or stored after the connection has ended;
/// what it receives comes in the order of the stream, without the messages that were replaced before they were sent.
/// </summary>
internal sealed class ModelConnection
{
    // Messages that are on their way are not lost when they are replaced in the stream.
    private const int MaxInFlight = 16;
    private const double LongestLateness = 2;
    private const double StallPoll = 0.2;

    private readonly EventQueue _events;
    private readonly ModelStream _stream;
    private readonly Random _random;
    private readonly ClusterMember _member;
    private readonly Dictionary<string, long> _lastArrival = [];
    private readonly Queue<ModelMessage> _inFlight = new();
    private long _position;
    private long _consumer;
    private bool _isPumping;
    private bool _isDelivering;

    public ModelConnection(EventQueue events, ModelStream stream, Random random, ClusterMember member)
    {
        (_events, _stream, _random, _member) = (events, stream, random, member);
        stream.Stored += Wake;
        Wake();
    }

    public bool IsOpen { get; private set; } = true;

    /// <summary>Until then nothing is delivered, in ticks.</summary>
    public long StalledUntil { get; set; }

    public void Close()
    {
        IsOpen = false;
        _stream.Stored -= Wake;
    }

    /// <summary>Delivers everything anew.</summary>
    public void Replay()
    {
        _position = 0;
        _inFlight.Clear();
        _consumer++;
        (_isPumping, _isDelivering) = (false, false);
        Wake();
    }

    public void Publish(string subject, byte[] payload, long publication)
    {
        // The messages of one subject arrive in order.
        var arrival = Math.Max(
            _events.GetTimestamp() + Ticks(_random.NextDouble() * _member.Link.PublishDelay), _lastArrival.GetValueOrDefault(subject));
        _lastArrival[subject] = arrival;
        var fails = _random.NextDouble() < _member.Link.Failures;
        var isStored = !fails || _random.Next(2) == 0;
        var isTwice = _random.NextDouble() < _member.Link.Duplicates;
        At(arrival, () => Arrive(subject, payload, publication, isStored, fails));
        if (isTwice && isStored)
            At(arrival + Ticks(_random.NextDouble() * LongestLateness), () => _stream.Store(subject, payload));
    }

    /// <summary>
    /// Reads the newest lease, and purges what was stored before, where the lease is not newer than expected; each takes its time.
    /// </summary>
    public void Purge(ServerId server, long notHeardSince) => After(Delay(), () =>
    {
        var (last, memory) = (_stream.LastSequence, _stream.Memory);
        if (_stream.LeaseStoredAt(server) > notHeardSince)
            return;
        After(Delay(), () =>
        {
            if (memory == _stream.Memory)
                _stream.Purge(server, last);
        });
    });

    private static long Ticks(double seconds) => (long)(seconds * TimeSpan.TicksPerSecond);

    private double Delay() => _random.NextDouble() * _member.Link.PublishDelay;

    private void Arrive(string subject, byte[] payload, long publication, bool isStored, bool fails)
    {
        if (!IsOpen)
        {
            // Lost with the connection, or still in a buffer of NATS.
            if (isStored && _random.Next(2) == 0)
                After(_random.NextDouble() * LongestLateness, () => _stream.Store(subject, payload));
            return;
        }

        if (isStored)
            _stream.Store(subject, payload);
        After(_random.NextDouble() * 0.01, () => _member.Run(this, node => node.Published(publication, !fails, _member.Now)));
    }

    private void Wake()
    {
        if (_isPumping)
            return;
        _isPumping = true;
        var consumer = _consumer;
        After(0.001, () => Pump(consumer));
    }

    private void Pump(long consumer)
    {
        if (consumer != _consumer || !IsOpen)
            return;
        _isPumping = false;
        if (_events.GetTimestamp() < StalledUntil)
            return;
        while (_inFlight.Count < MaxInFlight && _stream.Next(_position) is { } message)
        {
            _position = message.Sequence;
            _inFlight.Enqueue(message);
        }

        ScheduleDelivery();
    }

    private void ScheduleDelivery()
    {
        if (_isDelivering || _inFlight.Count == 0)
            return;
        _isDelivering = true;
        var consumer = _consumer;
        After(_random.NextDouble() * _member.Link.DeliveryDelay / 4, () => DeliverNext(consumer));
    }

    private void DeliverNext(long consumer)
    {
        if (consumer != _consumer || !IsOpen)
            return;
        _isDelivering = false;
        if (_events.GetTimestamp() < StalledUntil)
        {
            _isDelivering = true;
            After(StallPoll, () => DeliverNext(consumer));
            return;
        }

        var message = _inFlight.Dequeue();
        _member.Run(this, node =>
        {
            if (consumer == _consumer)
                node.Received(message.Subject, message.Payload, message.StoredAt, _member.Now);
        });
        ScheduleDelivery();
        Wake();
    }

    private void After(double seconds, Action action) => _events.After(seconds, _ => action());

    private void At(long ticks, Action action) =>
        After(Math.Max(0, ticks - _events.GetTimestamp()) / (double)TimeSpan.TicksPerSecond, action);
}
