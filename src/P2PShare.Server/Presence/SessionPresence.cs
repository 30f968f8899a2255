using System.Net;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Presence;

/// <summary>One session as WHOIS shows it, and its way to the <see cref="SessionDirectory"/>.</summary>
/// <param name="directory">Of all sessions.</param>
/// <param name="ip">The address of the session's connection.</param>
/// <param name="key">The key that the client proved to have; null in clear text.</param>
/// <param name="number">The session's number in this server, from 1; 0 for a session of another server.</param>
internal sealed class SessionPresence(SessionDirectory directory, IPAddress ip, KeyFingerprint? key, long number = 0)
{
    /// <summary>A client has one port, and another one after each change; a hostile one may name them all.</summary>
    public const int MaxPorts = 4;

    private int _lastPort;

    public IPAddress Ip { get; } = ip;

    public KeyFingerprint? Key { get; } = key;

    /// <summary>From 1; 0 for a session of another server.</summary>
    public long Number { get; } = number;

    /// <summary>The name of the last REGISTER. Only the directory changes and reads this and what follows.</summary>
    public UserName User { get; set; }

    /// <summary>One for each port, the oldest first; at most <see cref="MaxPorts"/>.</summary>
    public List<DirectoryEntry> Entries { get; } = new(1);

    public bool HasLeft { get; set; }

    /// <summary>
    /// Notes that the session announced something with a port. A client announces millions of files with the same port, so that is one
    /// comparison.
    /// </summary>
    public void Announced(int port)
    {
        if (port == _lastPort)
            return;
        _lastPort = port;
        directory.Add(this, port);
    }

    public void Rename(UserName user) => directory.Rename(this, user);

    /// <summary>
    /// The session has ended, or is about to end because a newer one replaces it. Any thread may call it, more than once.
    /// </summary>
    public void Leave() => directory.Remove(this);

    /// <summary>The sessions that announced with this address.</summary>
    public IReadOnlyList<WhoisRow> Find(PeerAddress address) => directory.Find(address);
}
