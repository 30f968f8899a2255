using System.Net;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Presence;

/// <summary>
/// Which sessions announced with which address. Its methods may be called by any thread; each takes time that does not depend on the
/// number of sessions, because clients choose the ports and many of them may choose the same.
/// </summary>
internal sealed class SessionDirectory
{
    private readonly Lock _lock = new();

    // The newest entry of each address, which links the older ones. The hash of a tuple has a secret seed.
    private readonly Dictionary<(IPAddress Ip, int Port), DirectoryEntry> _newest = [];

    /// <summary>How many entries there are, those of the same address included.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Enters a session under a port, unless it is entered there or has left. The oldest of more than
    /// <see cref="SessionPresence.MaxPorts"/> ports of the session makes room.
    /// </summary>
    public void Add(SessionPresence session, int port)
    {
        lock (_lock)
        {
            if (session.HasLeft || session.Entries.Exists(entry => entry.Port == port))
                return;
            if (session.Entries.Count == SessionPresence.MaxPorts)
            {
                Unlink(session.Entries[0]);
                session.Entries.RemoveAt(0);
            }

            var added = new DirectoryEntry(session, port);
            session.Entries.Add(added);
            Link(added);
        }
    }

    /// <summary>Changes the name that a session is shown with.</summary>
    public void Rename(SessionPresence session, UserName user)
    {
        lock (_lock)
            session.User = user;
    }

    /// <summary>Removes a session for good: it is not entered again. Does nothing where it has left already.</summary>
    public void Remove(SessionPresence session)
    {
        lock (_lock)
        {
            session.HasLeft = true;
            session.Entries.ForEach(Unlink);
            session.Entries.Clear();
        }
    }

    /// <summary>The sessions that announced with this address, at most 8. The one that used it first last comes first.</summary>
    public IReadOnlyList<WhoisRow> Find(PeerAddress address)
    {
        var rows = new List<WhoisRow>();
        lock (_lock)
        {
            var entry = _newest.GetValueOrDefault((address.Ip, address.Port));
            for (; entry is not null && rows.Count < Limits.MaxWhoisRows; entry = entry.Older)
                rows.Add(new WhoisRow(entry.Presence.Key, entry.Presence.User));
        }

        return rows;
    }

    private void Link(DirectoryEntry entry)
    {
        var key = (entry.Presence.Ip, entry.Port);
        if (_newest.TryGetValue(key, out var older))
            (entry.Older, older.Newer) = (older, entry);
        _newest[key] = entry;
        Count++;
    }

    private void Unlink(DirectoryEntry entry)
    {
        var key = (entry.Presence.Ip, entry.Port);
        if (entry.Older is { } older)
            older.Newer = entry.Newer;
        if (entry.Newer is { } newer)
            newer.Older = entry.Older;
        else if (entry.Older is not null)
            _newest[key] = entry.Older;
        else
            _newest.Remove(key);
        Count--;
    }
}
