using System.Net;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Uploads;

/// <summary>Who fetches what from this peer at the moment. Thread-safe, and bounded in memory.</summary>
/// <remarks>
/// A fetch is counted from what the connections report, and looked at once a second. A folder of small files is thousands of fetches,
/// each of which takes less than a millisecond: of those that begin within one second only so many are told apart.
/// </remarks>
/// <param name="time">The clock.</param>
internal sealed class RequesterFetches(TimeProvider time)
{
    // Bounds the memory that requesters of many files can have this peer use.
    private const int MaxFetches = 1000;
    private const int MaxBegunPerSecond = 50;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    // Longer than the wait of a requester that is served in turn with others.
    private static readonly TimeSpan EndsAfter = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<(IPAddress Requester, FileId Id), RequesterFetch> _fetches = [];
    private List<RequesterFetch> _begun = [];

    /// <summary>Raised for a fetch that has begun, by <see cref="Look"/>.</summary>
    public event Action<RequesterFetch>? Began;

    /// <summary>Raised for a fetch that has ended, by <see cref="Look"/>; always after <see cref="Began"/>.</summary>
    public event Action<RequesterFetch>? Ended;

    /// <summary>
    /// A connection begins to send a content. The result is the requester's fetch of it over other connections, where there is one; null
    /// where there are too many to tell them apart.
    /// </summary>
    public RequesterFetch? Begin(IPAddress requester, FileName name, FileId id)
    {
        lock (_lock)
        {
            if (!_fetches.TryGetValue((requester, id), out var fetch))
            {
                if (_fetches.Count >= MaxFetches || _begun.Count >= MaxBegunPerSecond)
                    return null;
                fetch = new RequesterFetch(requester, name, id, time.GetTimestamp());
                _fetches.Add((requester, id), fetch);
                _begun.Add(fetch);
            }

            fetch.Connections++;
            return fetch;
        }
    }

    /// <summary>A connection is closed, or goes on to another content.</summary>
    public void End(RequesterFetch? fetch)
    {
        if (fetch is null)
            return;
        lock (_lock)
            fetch.Connections--;
    }

    /// <summary>The fetches of one content, in the order of the addresses.</summary>
    public IReadOnlyList<RequesterFetch> Of(FileId id)
    {
        lock (_lock)
        {
            return
            [
                .. _fetches.Values.Where(fetch => fetch.Id == id)
                    .OrderBy(fetch => fetch.Requester.ToString(), StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>Measures the rates and ends the fetches that are over, once a second until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var looks = new PeriodicTimer(BetweenLooks, time);
        try
        {
            while (await looks.WaitForNextTickAsync(cancellation))
                Look();
        }
        catch (OperationCanceledException)
        {
            // The client ends.
        }
    }

    /// <summary>To be called once a second.</summary>
    public void Look()
    {
        List<RequesterFetch> begun;
        var ended = new List<RequesterFetch>();
        lock (_lock)
        {
            (begun, _begun) = (_begun, []);
            var now = time.GetTimestamp();
            foreach (var fetch in _fetches.Values)
            {
                fetch.Measure(time, now);
                if (fetch.Connections == 0 || (!fetch.IsSending && time.GetElapsedTime(fetch.SentAt, now) > EndsAfter))
                    ended.Add(fetch);
            }

            foreach (var fetch in ended)
            {
                fetch.MarkEnded();
                _fetches.Remove((fetch.Requester, fetch.Id));
            }
        }

        foreach (var fetch in begun)
            Began?.Invoke(fetch);
        foreach (var fetch in ended)
            Ended?.Invoke(fetch);
    }
}
