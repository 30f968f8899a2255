namespace P2PShare.Simulation.Swarms;

/// <summary>What a peer can send: uploads at once share it equally.</summary>
internal sealed class Uplink
{
    // Less than a byte is left by rounding.
    private const double Nothing = 0.5;

    private readonly EventQueue _events;
    private readonly double _bytesPerSecond;
    private readonly List<Upload> _active = [];
    private readonly Action<long> _onDue;
    private long _updatedAt;
    private long _plan;

    public Uplink(EventQueue events, double bytesPerSecond)
    {
        (_events, _bytesPerSecond, _onDue) = (events, bytesPerSecond, OnDue);
    }

    private sealed class Upload(Conversation conversation, double left, Action whenSent)
    {
        public Conversation Conversation => conversation;

        public Action WhenSent => whenSent;

        public double Left { get; set; } = left;
    }

    public double SentBytes { get; private set; }

    public void Start(Conversation conversation, int bytes, Action whenSent)
    {
        Advance();
        _active.Add(new Upload(conversation, bytes, whenSent));
        Plan();
    }

    public void Abort(Conversation conversation)
    {
        Advance();
        _active.RemoveAll(upload => upload.Conversation == conversation);
        Plan();
    }

    private void Advance()
    {
        var now = _events.GetTimestamp();
        var each = (now - _updatedAt) / (double)TimeSpan.TicksPerSecond * _bytesPerSecond / Math.Max(1, _active.Count);
        foreach (var upload in _active)
        {
            SentBytes += Math.Min(each, upload.Left);
            upload.Left -= each;
        }

        _updatedAt = now;
    }

    private void Plan()
    {
        _plan++;
        if (_active.Count > 0)
            _events.After(Math.Max(0, _active.Min(upload => upload.Left)) * _active.Count / _bytesPerSecond, _onDue, _plan);
    }

    private void OnDue(long plan)
    {
        if (plan != _plan)
            return;
        Advance();
        var sent = _active.Where(upload => upload.Left <= Nothing).ToArray();
        _active.RemoveAll(upload => upload.Left <= Nothing);
        Plan();
        foreach (var upload in sent)
            upload.WhenSent();
    }
}
