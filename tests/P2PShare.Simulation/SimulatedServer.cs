using P2PShare.Networking;
using P2PShare.Peer.Sharing;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Server;
using P2PShare.Server.Configuration;
using P2PShare.Server.Registry;
using P2PShare.Server.Registry.Tables;
using Serilog.Core;

namespace P2PShare.Simulation;

/// <summary>
/// A server on its host, with real sessions and the real registry. It can be killed, which loses its registry, and restarted.
/// </summary>
/// <param name="host">Its host.</param>
/// <param name="time">The clock.</param>
/// <param name="seed">The seed of the choices among peers.</param>
internal sealed class SimulatedServer(SimulatedHost host, TimeProvider time, int seed)
{
    private const int RowsInPage = 512;

    private readonly HashSet<long> _sessions = [];
    private CancellationTokenSource _ending = new();
    private InMemoryFileRegistry? _registry;
    private long _lastSession;

    public SimulatedHost Host => host;

    public bool IsUp => _registry is not null;

    public int Sessions => _sessions.Count;

    public void Start()
    {
        var registry = new InMemoryFileRegistry(time, ServerBounds.Default, new Random(seed));
        var services = new SessionServices(registry, time);
        (_registry, _ending) = (registry, new CancellationTokenSource());
        host.Accept = connection => ServeAsync(connection, services, _ending.Token);
    }

    public void Kill()
    {
        host.Accept = null;
        _registry = null;
        SimulatedNetwork.ResetConnections(host);
        _ending.Cancel();
    }

    /// <summary>The names in the registry by the owner's address, and whether each owner is a live session.</summary>
    public Dictionary<PeerAddress, HashSet<FileName>> Entries(out bool areAllAlive)
    {
        var entries = new Dictionary<PeerAddress, HashSet<FileName>>();
        areAllAlive = true;
        using var page = new FileRows(RowsInPage);
        var position = FilePosition.Start;
        do
        {
            page.Clear();
            _registry!.ReadPage(position, page);
            for (var i = 0; i < page.Count; i++)
            {
                var entry = page[i];
                areAllAlive &= _sessions.Contains(entry.Owner);
                if (!entries.TryGetValue(entry.Address, out var names))
                    entries.Add(entry.Address, names = []);
                names.Add(entry.Name.ToOwned());
                position = new FilePosition(entry.Name.ToOwned().Utf8, entry.Owner);
            }
        }
        while (page.Room == 0);
        return entries;
    }

    /// <summary>The question whose answer names the peer as an owner of the content that it has a part of; null where none does.</summary>
    public string? WhatNames(SharedPart part, PeerAddress peer)
    {
        using var rows = new FileRows(RowsInPage);
        _registry!.Find(part.Name, rows);
        if (Has(rows, peer))
            return "LOCATE";
        rows.Clear();
        _registry.Find(part.Identity.Id, rows);
        if (Has(rows, peer))
            return "LOCATE_ID";
        return _registry.Choose(part.Name)?.Address == peer ? "REQUEST"
            : Entries(out _).GetValueOrDefault(peer)?.Contains(part.Name) == true ? "LIST_FILES"
            : null;
    }

    /// <summary>How many peers LOCATE_PEERS names with a part; of more than it can name, those of one answer.</summary>
    public int CountParts(FileId id)
    {
        Span<FoundPeer> found = new FoundPeer[Limits.MaxLocatedOwners];
        var parts = 0;
        foreach (var peer in found[.._registry!.FindPeers(id, found)])
            parts += peer.IsWhole ? 0 : 1;
        return parts;
    }

    private static bool Has(FileRows rows, PeerAddress peer)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Address == peer)
                return true;
        }

        return false;
    }

    private async Task ServeAsync(Connection connection, SessionServices services, CancellationToken ending)
    {
        var number = ++_lastSession;
        _sessions.Add(number);
        try
        {
            await new Session(number, connection, services, Logger.None).RunAsync(ending);
        }
        finally
        {
            _sessions.Remove(number);
        }
    }
}
