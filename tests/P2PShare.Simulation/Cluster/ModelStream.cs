using P2PShare.Server.Cluster.Messages;
using P2PShare.Simulation.Swarms;

namespace P2PShare.Simulation.Cluster;

/// <summary>A stream of NATS JetStream that keeps the newest message of each subject, in memory.</summary>
internal sealed class ModelStream(EventQueue events)
{
    private static readonly long Epoch = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private readonly SortedList<long, ModelMessage> _messages = [];
    private readonly Dictionary<string, ModelMessage> _newest = [];
    /// <summary>Called after each new message.</summary>
    public event Action? Stored;

    public static ClusterSubjects Subjects { get; } = new("sim");

    /// <summary>The sequence of the newest message.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Counts how often the memory was lost.</summary>
    public int Memory { get; private set; }

    /// <summary>A hash of everything that was stored.</summary>
    public ulong Digest { get; private set; } = 14695981039346656037;

    /// <summary>The ids of the servers that have messages.</summary>
    public IEnumerable<ServerId> Servers => _newest.Keys.Select(IdOf).Distinct();

    public void Store(string subject, byte[] payload)
    {
        var message = new ModelMessage(++LastSequence, subject, payload, Epoch + events.GetTimestamp());
        if (_newest.TryGetValue(subject, out var older))
            _messages.Remove(older.Sequence);
        _messages.Add(message.Sequence, _newest[subject] = message);
        foreach (var value in payload)
            Digest = unchecked((Digest ^ value) * 1099511628211);
        Digest = unchecked((Digest ^ (ulong)message.StoredAt) * 1099511628211);
        Stored?.Invoke();
    }

    /// <summary>The first message after this one that is still there.</summary>
    public ModelMessage? Next(long sequence)
    {
        var (low, high) = (0, _messages.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_messages.GetKeyAtIndex(middle) <= sequence)
                low = middle + 1;
            else
                high = middle;
        }

        return low < _messages.Count ? _messages.GetValueAtIndex(low) : null;
    }

    /// <summary>When the newest lease of a server was stored; null where there is none.</summary>
    public long? LeaseStoredAt(ServerId server) => _newest.GetValueOrDefault(Subjects.Lease(server))?.StoredAt;

    /// <summary>Removes the messages of a server up to a sequence.</summary>
    public void Purge(ServerId server, long lastSequence)
    {
        foreach (var (subject, message) in _newest)
        {
            if (IdOf(subject) != server || message.Sequence > lastSequence)
                continue;
            _messages.Remove(message.Sequence);
            _newest.Remove(subject);
        }
    }

    /// <summary>The memory of the stream is lost; its sequence goes on, or begins anew.</summary>
    public void LoseEverything(bool restarts)
    {
        _messages.Clear();
        _newest.Clear();
        Memory++;
        LastSequence = restarts ? 0 : LastSequence;
    }

    private static ServerId IdOf(string subject) => Subjects.TryParse(subject, out var server, out _) ? server : default;
}
