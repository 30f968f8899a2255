using P2PShare.Peer.Index;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Tests.Downloads;

/// <summary>An index in memory: answers from its rows as the server would.</summary>
internal sealed class TableIndex(Features features = Features.Swarm) : IOwnerIndex
{
    private readonly List<OwnerRow> _rows = [];
    private readonly List<(FileId Id, PeerAddress Peer)> _parts = [];

    private int _locatedSinceList;

    public Features Features => features;

    public FileId FirstId => Where(_ => true)[0].Identity!.Value.Id;

    /// <summary>The most questions for the peers of a content between two lists.</summary>
    public int MostLocatedAtOnce { get; private set; }

    public void Add(OwnerRow row)
    {
        lock (_rows)
            _rows.Add(row);
    }

    public void AddPart(FileId id, PeerAddress peer)
    {
        lock (_parts)
            _parts.Add((id, peer));
    }

    public void RemoveOwner(PeerAddress owner)
    {
        lock (_rows)
            _rows.RemoveAll(row => row.Owner == owner);
    }

    public Task<PeerAddress?> RequestAsync(FileName name, CancellationToken cancellation) =>
        Task.FromResult(Where(row => row.Name == name).Select(row => (PeerAddress?)row.Owner).FirstOrDefault());

    public Task<IReadOnlyList<OwnerRow>> LocateAsync(FileName name, CancellationToken cancellation) =>
        Task.FromResult(Where(row => row.Name == name));

    public Task<IReadOnlyList<OwnerRow>> LocateAsync(FileId id, CancellationToken cancellation) =>
        Task.FromResult(Where(row => row.Identity?.Id == id));

    public Task<IReadOnlyList<PeerRow>> LocatePeersAsync(FileId id, CancellationToken cancellation)
    {
        MostLocatedAtOnce = Math.Max(MostLocatedAtOnce, ++_locatedSinceList);
        var wholes = Where(row => row.Identity?.Id == id).Select(row => new PeerRow(true, row.Owner));
        lock (_parts)
        {
            var parts = _parts.Where(part => part.Id == id).Select(part => new PeerRow(false, part.Peer));
            return Task.FromResult<IReadOnlyList<PeerRow>>([.. wholes.Concat(parts).DistinctBy(row => row.Peer)]);
        }
    }

    public Task<IReadOnlyList<OwnerRow>> ListSharesAsync(ReadOnlyMemory<byte> prefix, CancellationToken cancellation)
    {
        _locatedSinceList = 0;
        return Task.FromResult(Where(row => row.Name.Utf8.Span.StartsWith(prefix.Span)));
    }

    private IReadOnlyList<OwnerRow> Where(Func<OwnerRow, bool> predicate)
    {
        lock (_rows)
            return [.. _rows.Where(predicate)];
    }
}
