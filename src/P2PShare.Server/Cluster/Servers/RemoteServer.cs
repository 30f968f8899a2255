using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Cluster.Status;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry.Pages;

namespace P2PShare.Server.Cluster.Servers;

/// <summary>Another server: its lease, and its pages as the registry has them.</summary>
/// <param name="id">Its id.</param>
/// <param name="number">The number by which the registry knows it.</param>
/// <param name="tools">What all of them use.</param>
internal sealed class RemoteServer(ServerId id, int number, RemoteTools tools)
{
    private readonly Dictionary<int, RemotePage> _pages = [];

    // How many pages a session has, by its number at its own server.
    private readonly Dictionary<long, int> _sessions = [];

    private bool _mayHaveUnseen;

    // The epoch in which a lease was received last.
    private uint _leaseEpoch;

    public ServerId Id => id;

    public int Number => number;

    /// <summary>Its newest lease; null where none has come yet.</summary>
    public LeaseMessage? Lease { get; private set; }

    /// <summary>
    /// The time stamp of the newest lease, or of the newest message where there is none, in UTC ticks; a later one for the time in which a
    /// lease may come after a replay.
    /// </summary>
    public long Heard { get; private set; }

    /// <summary>The epoch in which a message of it was received last.</summary>
    public uint Epoch { get; private set; }

    /// <summary>When the first message of that epoch was received.</summary>
    public TimeSpan SeenAt { get; private set; }

    public bool IsDoubtful { get; private set; }

    /// <summary>How many pages the registry has.</summary>
    public int PageCount { get; private set; }

    public void ReceiveLease(LeaseMessage lease, long stored, uint epoch, TimeSpan now)
    {
        NoteSeen(epoch, now);
        _leaseEpoch = epoch;

        // One that was on its way when its connection was lost may come after newer ones.
        if (lease.Version < Lease?.Version)
            return;
        (Lease, Heard) = (lease, stored);
    }

    /// <summary>Applies a page, unless it has this version or a newer one.</summary>
    public void ReceivePage(int page, PageHeader header, ReadOnlyMemory<byte> message, long stored, uint epoch, TimeSpan now)
    {
        NoteSeen(epoch, now);
        if (Lease is null)
            Heard = stored;
        var isKnown = _pages.TryGetValue(page, out var known);
        if (isKnown && header.Version <= known.Version)
            _pages[page] = known with { Epoch = epoch };
        else if (!isKnown && _pages.Count >= tools.Bounds.MaxPagesPerServer)
            tools.Counters.Drop(DropReason.TooManyPages);
        else if (header.IsTombstone)
            Replace(page, known, new RemotePage(header.Version, 0, epoch));
        else if (PageMessage.TryRead(message, tools.Page, out var session))
            Replace(page, known, new RemotePage(header.Version, tools.Page.Owner, epoch), session);
        else
            tools.Counters.Drop(DropReason.Refused);
    }

    /// <summary>
    /// The replay has ended. Where it brought pages and no lease, the server may have replaced its lease meanwhile: the newest one comes
    /// after the replay then.
    /// </summary>
    /// <param name="epoch">The replay's epoch.</param>
    /// <param name="heard">When such a server counts as heard of, so that it stays until the lease has come.</param>
    public void EndReplay(uint epoch, long heard)
    {
        if (Epoch == epoch && _leaseEpoch != epoch)
            Heard = Math.Max(Heard, heard);
    }

    /// <summary>
    /// Removes the pages that were not received in this epoch, because the stream has them no more. Once in an epoch.
    /// </summary>
    public void RemoveUnseen()
    {
        if (!_mayHaveUnseen)
            return;
        _mayHaveUnseen = false;
        foreach (var (page, known) in _pages)
        {
            if (known.Epoch != Epoch)
                Remove(page, known);
        }
    }

    public void RemoveAll()
    {
        foreach (var (page, known) in _pages)
            Remove(page, known);
        SetDoubtful(false);
    }

    public void SetDoubtful(bool isDoubtful)
    {
        if (isDoubtful == IsDoubtful)
            return;
        IsDoubtful = isDoubtful;
        tools.Registry.SetDoubtful(number, isDoubtful);
    }

    private void NoteSeen(uint epoch, TimeSpan now)
    {
        if (Epoch != epoch)
            (Epoch, SeenAt, _mayHaveUnseen) = (epoch, now, true);
    }

    private void Replace(int page, RemotePage known, RemotePage next, SessionDescription session = default)
    {
        var key = new PageKey(number, page);
        if (!next.IsTombstone)
        {
            AddSession(next.Session, session);
            tools.Counters.LeftOutRows += tools.Registry.Replace(key, next.Version, tools.Page);
        }
        else if (!known.IsTombstone)
        {
            tools.Registry.Remove(key);
        }

        ReleaseSession(known);
        PageCount += (next.IsTombstone ? 0 : 1) - (known.IsTombstone ? 0 : 1);
        _pages[page] = next;
    }

    private void Remove(int page, RemotePage known)
    {
        if (!known.IsTombstone)
        {
            tools.Registry.Remove(new PageKey(number, page));
            PageCount--;
        }

        ReleaseSession(known);
        _pages.Remove(page);
    }

    private void AddSession(long session, in SessionDescription description)
    {
        var (content, lastPort) = (tools.Page, 0);
        var global = PageKey.SessionOf(number, session);
        for (var i = 0; i < content.Rows.Count; i++)
        {
            // As a rule all entries have the same port.
            var address = content.Rows[i].Address;
            if (address.Port != lastPort)
                tools.Sessions.EnterRemote(global, address.Ip, lastPort = address.Port, description);
        }

        if (content.Parts.Count > 0 && content.PartsAddress.Port != lastPort)
            tools.Sessions.EnterRemote(global, content.PartsAddress.Ip, content.PartsAddress.Port, description);
        _sessions[session] = _sessions.GetValueOrDefault(session) + 1;
    }

    private void ReleaseSession(RemotePage page)
    {
        if (page.IsTombstone)
            return;
        var left = _sessions[page.Session] - 1;
        if (left > 0)
        {
            _sessions[page.Session] = left;
            return;
        }

        _sessions.Remove(page.Session);
        tools.Sessions.RemoveRemote(PageKey.SessionOf(number, page.Session));
    }
}
