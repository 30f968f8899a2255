using System.Net;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Presence;

/// <summary>
/// Which sessions announced with which address, those of other servers of the cluster included. Its methods may be called by any thread;
/// each takes time that does not depend on the number of sessions, because clients choose the ports and many of them may choose the same.
/// </summary>
internal sealed class SessionDirectory : IClusterSessions
{
    private readonly Lock _lock = new();

    // The newest entry of each address, which links the older ones. The hash of a tuple has a secret seed.
    private readonly Dictionary<(IPAddress Ip, int Port), DirectoryEntry> _newest = [];

    // By number: the registered sessions of this server, and those of other servers. The numbers of the two never meet.
    private readonly Dictionary<long, SessionPresence> _numbered = [];

    /// <summary>Called with the number of a session of this server that has registered, perhaps with another name than before.</summary>
    public Action<long>? Registered { get; set; }

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
        {
            session.User = user;
            if (session.HasLeft || session.Number == 0)
                return;
            _numbered[session.Number] = session;
        }

        Registered?.Invoke(session.Number);
    }

    /// <summary>Removes a session for good: it is not entered again. Does nothing where it has left already.</summary>
    public void Remove(SessionPresence session)
    {
        lock (_lock)
        {
            session.HasLeft = true;
            session.Entries.ForEach(Unlink);
            session.Entries.Clear();
            _numbered.Remove(session.Number);
        }
    }

    public bool TryDescribe(long session, out SessionDescription description)
    {
        lock (_lock)
        {
            var isFound = _numbered.TryGetValue(session, out var presence);
            description = isFound ? new SessionDescription(presence!.User, presence.Key) : default;
            return isFound;
        }
    }

    public void EnterRemote(long session, IPAddress ip, int port, in SessionDescription description)
    {
        lock (_lock)
        {
            if (_numbered.TryGetValue(session, out var presence) && (!presence.Ip.Equals(ip) || presence.Key != description.Key))
                Remove(presence);
            if (presence is null || presence.HasLeft)
                _numbered[session] = presence = new SessionPresence(this, ip, description.Key);
            presence.User = description.User;
            presence.Announced(port);
        }
    }

    public void RemoveRemote(long session)
    {
        lock (_lock)
        {
            if (_numbered.Remove(session, out var presence))
                Remove(presence);
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
