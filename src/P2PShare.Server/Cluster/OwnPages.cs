using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Cluster.Servers;
using P2PShare.Server.Cluster.Status;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry.Pages;

namespace P2PShare.Server.Cluster;

/// <summary>
/// Publishes this server's pages when they change, one publication of a page at a time, and compares them with what the stream has.
/// </summary>
internal sealed class OwnPages(
    IPageRegistry registry, IClusterSessions sessions, OwnPublisher publisher, ClusterCounters counters) : IDisposable
{
    // After a failure publishing pauses: a NATS server that refuses messages is not asked 50,000 times a second.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // Pages that the stream has and the node does not know. Others are compared again with the next connection.
    private const int MaxStrays = 4096;

    private readonly Dictionary<int, OwnPage> _pages = [];
    private readonly Dictionary<long, int> _underWay = [];
    private readonly Queue<int> _strays = new();

    // Confirmed publications that were not yet found to be the newest message of their page, with the version that was last then.
    private readonly Queue<(int Page, long Version, long LastVersion)> _confirmed = new();
    private readonly RegistryPage _content = new();
    private readonly MessageWriter _writer = new(MessageBounds.MaxPageBytes);
    private readonly int[] _taken = new int[ClusterBounds.MaxPublications];
    private TimeSpan _pause;
    private TimeSpan _pausedUntil;
    private uint _epoch;
    private long _versionBeforeEpoch;

    private int Room => ClusterBounds.MaxPublications - _underWay.Count;

    public void Dispose() => _content.Dispose();

    /// <summary>A connection begins: whatever is in the stream will be received once more.</summary>
    public void BeginEpoch(uint epoch)
    {
        (_epoch, _versionBeforeEpoch) = (epoch, publisher.LastVersion);
        (_pausedUntil, _pause) = (TimeSpan.Zero, TimeSpan.Zero);
        _confirmed.Clear();
    }

    /// <summary>Publishes what has changed, as much as may be under way at once.</summary>
    public void Publish(TimeSpan now)
    {
        if (now < _pausedUntil)
            return;
        while (Room > 0 && _strays.TryDequeue(out var stray))
            PublishUnlessUnderWay(stray, isStray: true);
        while (Room > 0)
        {
            var taken = _taken.AsSpan(0, Room);
            var count = registry.TakeChanged(taken);
            foreach (var page in taken[..count])
                PublishUnlessUnderWay(page, isStray: false);
            if (count < taken.Length)
                return;
        }
    }

    /// <summary>Notes the result of a publication. Does nothing where it is none of a page, or of an earlier connection.</summary>
    public void Complete(long publication, bool succeeded, TimeSpan now)
    {
        if (!_underWay.Remove(publication, out var page))
            return;
        if (succeeded)
        {
            _pause = TimeSpan.Zero;
            _confirmed.Enqueue((page, _pages[page].Published, publisher.LastVersion));
            EndPublication(page, isCertain: true);
            return;
        }

        _pause = TimeSpan.FromTicks(Math.Clamp(2 * _pause.Ticks, FirstPause.Ticks, LongestPause.Ticks));
        _pausedUntil = now + _pause;
        counters.FailedPublications++;
        EndPublication(page, isCertain: false);
    }

    /// <summary>The connection was lost: what was under way may be in the stream or not, and is published again.</summary>
    public void Disconnect()
    {
        counters.FailedPublications += _underWay.Count;
        foreach (var page in _underWay.Values)
            EndPublication(page, isCertain: false);
        _underWay.Clear();
    }

    /// <summary>Compares a message of an own page with what was published.</summary>
    public void Receive(int number, PageHeader header)
    {
        ref var page = ref CollectionsMarshal.GetValueRefOrNullRef(_pages, number);
        if (Unsafe.IsNullRef(ref page))
        {
            publisher.SkipTo(header.Version);
            if (!header.IsTombstone && _strays.Count < MaxStrays)
                _strays.Enqueue(number);
            return;
        }

        // A message that comes after a newer one was on its way when its connection was lost, and has replaced the newer one.
        var isWrong = header.Version > page.Published || header.Version < page.Received;
        (page.Received, page.ReceivedEpoch) = (header.Version, _epoch);
        if (!isWrong)
            return;
        publisher.SkipTo(header.Version);
        MarkWrong(number, ref page);
    }

    /// <summary>
    /// An own lease was received: what was confirmed before it was sent has been received, too, where nothing has replaced it. A copy of
    /// an older message that came late may have done so.
    /// </summary>
    public void VerifyConfirmed(long leaseVersion)
    {
        while (_confirmed.TryPeek(out var confirmed) && confirmed.LastVersion < leaseVersion)
        {
            _confirmed.Dequeue();
            ref var page = ref CollectionsMarshal.GetValueRefOrNullRef(_pages, confirmed.Page);
            if (!Unsafe.IsNullRef(ref page) && page.Published == confirmed.Version && page.Received != confirmed.Version)
                MarkWrong(confirmed.Page, ref page);
        }
    }

    /// <summary>
    /// Everything that was stored before this connection has been received: publishes anew what is not there in its last version.
    /// </summary>
    public void Compare()
    {
        foreach (var number in _pages.Keys)
        {
            ref var page = ref CollectionsMarshal.GetValueRefOrNullRef(_pages, number);

            // What was published since the connection began may be received later.
            if (page.IsUnderWay || page.Published > _versionBeforeEpoch)
                continue;
            var isInStream = page.ReceivedEpoch == _epoch;
            if (!isInStream && page.IsTombstone)
                _pages.Remove(number);
            else if (!isInStream || page.Received != page.Published)
                MarkWrong(number, ref page);
        }
    }

    /// <summary>Forgets what was published, because the server has taken a new id, and publishes every page anew.</summary>
    public void Reset()
    {
        counters.FailedPublications += _underWay.Count;
        _underWay.Clear();
        _strays.Clear();
        _confirmed.Clear();
        _pages.Clear();
        _versionBeforeEpoch = 0;
        registry.MarkAllChanged();
    }

    private void MarkWrong(int number, ref OwnPage page)
    {
        page.IsTombstone = false;
        if (page.IsUnderWay)
            page.IsChanged = true;
        else
            MarkChanged(number, page.IsStray);
    }

    // The registry knows only the pages that it has had.
    private void MarkChanged(int number, bool isStray)
    {
        if (isStray)
            _strays.Enqueue(number);
        else
            registry.MarkChanged(number);
    }

    private void PublishUnlessUnderWay(int number, bool isStray)
    {
        ref var page = ref CollectionsMarshal.GetValueRefOrNullRef(_pages, number);
        if (!Unsafe.IsNullRef(ref page))
            page.IsStray &= isStray;
        if (!Unsafe.IsNullRef(ref page) && page.IsUnderWay)
            page.IsChanged = true;
        else
            Publish(number, isStray);
    }

    private void Publish(int number, bool isStray)
    {
        registry.Read(number, _content);
        var isEmpty = _content.IsEmpty;
        var session = default(SessionDescription);

        // A session that has left is about to withdraw the page, which changes it again.
        if (!isEmpty && !sessions.TryDescribe(_content.Owner, out session))
            return;
        var isKnown = _pages.TryGetValue(number, out var page);
        if (isEmpty && (isKnown ? page.IsTombstone : !isStray))
            return;
        page.Published = publisher.NextVersion();
        (page.IsTombstone, page.IsUnderWay, page.IsChanged) = (isEmpty, true, false);
        if (!isKnown)
            page.IsStray = isStray;
        _pages[number] = page;
        if (isEmpty)
            PageMessage.WriteTombstone(_writer, page.Published);
        else
            PageMessage.Write(_writer, page.Published, _content, session);
        counters.PublishedPages++;
        counters.PublishedBytes += _writer.Written.Length;
        _underWay.Add(publisher.PublishPage(number, _writer.Written), number);
    }

    private void EndPublication(int number, bool isCertain)
    {
        ref var page = ref CollectionsMarshal.GetValueRefOrNullRef(_pages, number);
        page.IsUnderWay = false;
        page.IsTombstone &= isCertain;
        if (page.IsChanged || !isCertain)
            MarkChanged(number, page.IsStray);
        page.IsChanged = false;
    }
}
