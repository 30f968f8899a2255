using System.Numerics;
using P2PShare.Protocol.Grammar;

namespace P2PShare.Server.Metrics;

/// <summary>
/// What all sessions have counted. Each thread adds to a stripe, which has cache lines of its own: two event loops do not take them from
/// each other. Any thread may add and read; a reader sees each counter at some moment during the call.
/// </summary>
internal sealed class ServerCounters
{
    private const int LongsPerCacheLine = 8;

    // The cells of a stripe.
    private const int Received = 0;
    private const int Sent = 1;
    private const int LatencyTicks = 2;
    private const int FirstBucket = 3;

    private static readonly int Outcomes = Enum.GetValues<Outcome>().Length;
    private static readonly int FirstRequest = FirstBucket + LatencyBuckets.Count;
    private static readonly int Cells = FirstRequest + (Enum.GetValues<Verb>().Length * Outcomes);

    // Whole cache lines, and one more between stripes, because the array itself is not aligned to them.
    private static readonly int Stride = ((Cells / LongsPerCacheLine) + 2) * LongsPerCacheLine;

    private readonly int _lastStripe = (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount) - 1;
    private readonly long[] _cells;

    public ServerCounters() => _cells = new long[(_lastStripe + 1) * Stride];

    /// <summary>Bytes that were received.</summary>
    public long ReceivedBytes => Sum(Received);

    /// <summary>Bytes that were sent.</summary>
    public long SentBytes => Sum(Sent);

    /// <summary>The latencies of all requests of <see cref="RequestsInBucket"/>, added up.</summary>
    public TimeSpan TotalLatency => new(Sum(LatencyTicks));

    public long Requests(Verb verb, Outcome outcome) => Sum(CellOf(verb, outcome));

    /// <summary>The requests whose latency belongs to this one of <see cref="LatencyBuckets"/>.</summary>
    public long RequestsInBucket(int bucket) => Sum(FirstBucket + bucket);

    public void AddRequests(Verb verb, Outcome outcome, int count) => Add(CellOf(verb, outcome), count);

    public void AddBytes(long received, long sent)
    {
        if (received > 0)
            Add(Received, received);
        if (sent > 0)
            Add(Sent, sent);
    }

    /// <summary>Adds requests that were answered together.</summary>
    public void AddLatency(TimeSpan latency, int requests)
    {
        Add(FirstBucket + LatencyBuckets.IndexOf(latency), requests);
        Add(LatencyTicks, latency.Ticks * requests);
    }

    private static int CellOf(Verb verb, Outcome outcome) => FirstRequest + ((int)verb * Outcomes) + (int)outcome;

    // Two threads may share a stripe, and a session may change its thread: therefore the addition is atomic. On a cache line that no
    // other core uses it takes some 5 ns.
    private void Add(int cell, long count) =>
        Interlocked.Add(ref _cells[((Environment.CurrentManagedThreadId & _lastStripe) * Stride) + cell], count);

    private long Sum(int cell)
    {
        long sum = 0;
        for (var at = cell; at < _cells.Length; at += Stride)
            sum += Volatile.Read(ref _cells[at]);
        return sum;
    }
}
