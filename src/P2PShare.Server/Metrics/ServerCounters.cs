using P2PShare.Protocol.Grammar;

namespace P2PShare.Server.Metrics;

/// <summary>
/// What all sessions have counted. Each thread has a block of counters of its own, so that counting is a plain addition: no lock, no atomic
/// operation, and no cache line that two event loops take from each other. Any thread may add and read; a reader sees each counter at
/// some moment during the call.
/// </summary>
internal sealed class ServerCounters
{
    // The counters of a block. Before and after them are the longs of a cache line, which another block may begin or end with.
    private const int Padding = 8;
    private const int Received = Padding;
    private const int Sent = Received + 1;
    private const int LatencyTicks = Sent + 1;
    private const int FirstBucket = LatencyTicks + 1;

    private static readonly int Outcomes = Enum.GetValues<Outcome>().Length;
    private static readonly int FirstRequest = FirstBucket + LatencyBuckets.Count;
    private static readonly int BlockLength = FirstRequest + (Enum.GetValues<Verb>().Length * Outcomes) + Padding;

    private readonly Lock _lock = new();

    // By the thread's managed id. Those are small, and an id that a thread has left behind goes to another one together with the block.
    private long[]?[] _blocks = new long[16][];

    /// <summary>Bytes that were received.</summary>
    public long ReceivedBytes => Sum(Received);

    /// <summary>Bytes that were sent.</summary>
    public long SentBytes => Sum(Sent);

    /// <summary>The latencies of all requests of <see cref="RequestsInBucket"/>, added up.</summary>
    public TimeSpan TotalLatency => new(Sum(LatencyTicks));

    public long Requests(Verb verb, Outcome outcome) => Sum(IndexOf(verb, outcome));

    /// <summary>The requests whose latency belongs to this one of <see cref="LatencyBuckets"/>.</summary>
    public long RequestsInBucket(int bucket) => Sum(FirstBucket + bucket);

    public void AddRequests(Verb verb, Outcome outcome, int count) => OwnBlock()[IndexOf(verb, outcome)] += count;

    public void AddBytes(long received, long sent)
    {
        var block = OwnBlock();
        block[Received] += received;
        block[Sent] += sent;
    }

    /// <summary>Adds requests that were answered together.</summary>
    public void AddLatency(TimeSpan latency, int requests)
    {
        var block = OwnBlock();
        block[FirstBucket + LatencyBuckets.IndexOf(latency)] += requests;
        block[LatencyTicks] += latency.Ticks * requests;
    }

    private static int IndexOf(Verb verb, Outcome outcome) => FirstRequest + ((int)verb * Outcomes) + (int)outcome;

    private long[] OwnBlock()
    {
        var thread = Environment.CurrentManagedThreadId;
        var blocks = Volatile.Read(ref _blocks);
        return thread < blocks.Length && blocks[thread] is { } block ? block : AddBlock(thread);
    }

    private long[] AddBlock(int thread)
    {
        lock (_lock)
        {
            var blocks = _blocks;
            if (thread >= blocks.Length)
                Array.Resize(ref blocks, Math.Max(thread + 1, 2 * blocks.Length));
            var block = blocks[thread] ??= new long[BlockLength];
            Volatile.Write(ref _blocks, blocks);
            return block;
        }
    }

    private long Sum(int index)
    {
        long sum = 0;
        foreach (var block in Volatile.Read(ref _blocks))
            sum += block is null ? 0 : Volatile.Read(ref block[index]);
        return sum;
    }
}
