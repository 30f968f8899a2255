using System.Net;
using P2PShare.Server.Registry.Collections;
using P2PShare.Server.Registry.Tables.Records;

namespace P2PShare.Server.Registry.Tables.Owners;

/// <summary>
/// Sessions with the same address: a client that has moved from one server to another has a session at both until the first server, or
/// the end of its lease, removes the older one. Of two such sessions that share a name, only the newer one is listed.
/// </summary>
internal sealed class AddressRivals(Slab<Owner> owners, TimeProvider time)
{
    // Reading more of them would let somebody who claims one address for many sessions slow down the lists.
    private const int MaxRead = 8;

    private readonly IntrusiveRing<Owner, Owner.InAddressRing> _rings = new(owners);
    private readonly Dictionary<(IPAddress Ip, ushort Port), int> _first = [];
    private long _lastSince;

    /// <summary>How many addresses have several sessions.</summary>
    public int Contested { get; private set; }

    /// <summary>Adds the owner of a session.</summary>
    /// <param name="owner">The record.</param>
    /// <param name="ip">Of its address.</param>
    /// <param name="since">When it began to share, or 0 for a session of this server that begins now.</param>
    public void Add(int owner, IPAddress ip, long since)
    {
        // The clock, so that a server that has heard nothing for some time does not count behind the others; and beyond what was seen,
        // so that it need not be right.
        _lastSince = since == 0 ? Math.Max(_lastSince + 1, time.GetUtcNow().ToUnixTimeMilliseconds()) : Math.Max(_lastSince, since);
        owners[owner].Since = since == 0 ? _lastSince : since;
        var key = (ip, owners[owner].Port);
        var first = _first.GetValueOrDefault(key);
        _rings.Append(ref first, owner);
        _first[key] = first;
        if (_rings.Next(owner) == owner)
            return;
        if (_rings.Next(_rings.Next(owner)) == owner)
            Contested++;
        (owners[owner].IsContested, owners[first].IsContested) = (true, true);
    }

    public void Remove(int owner, IPAddress ip)
    {
        var key = (ip, owners[owner].Port);
        var first = _first[key];
        _rings.Remove(ref first, owner);
        if (first == 0)
        {
            _first.Remove(key);
            return;
        }

        _first[key] = first;
        if (_rings.Next(first) != first)
            return;
        owners[first].IsContested = false;
        Contested--;
    }

    /// <summary>The sessions with the address of this one that are newer, at most a few.</summary>
    /// <returns>How many.</returns>
    public int NewerThan(int owner, Span<long> sessions)
    {
        var (count, read) = (0, 0);
        for (var other = _rings.Next(owner); other != owner && count < sessions.Length && read < MaxRead; other = _rings.Next(other))
        {
            read++;
            if (IsNewer(owners[other], owners[owner]))
                sessions[count++] = owners[other].Number;
        }

        return count;
    }

    // The same at every server where both are sessions of others; equal values are possible only where two servers had not heard of
    // each other.
    private static bool IsNewer(in Owner one, in Owner other) =>
        one.Since > other.Since || (one.Since == other.Since && one.Number > other.Number);
}
