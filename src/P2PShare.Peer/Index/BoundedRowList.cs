using P2PShare.Protocol.Grammar;

namespace P2PShare.Peer.Index;

/// <summary>The rows of a list that is kept whole, and no more than there is room for.</summary>
internal sealed class BoundedRowList
{
    // What a row takes beside its name: its id, its address, the objects round them, and the room in which the list grows.
    private const int BytesBesideName = 256;

    private readonly List<OwnerRow> _rows = [];
    private long _bytes;

    public IReadOnlyList<OwnerRow> All => _rows;

    /// <exception cref="EndlessListException">All rows together are larger than <see cref="IndexLimits.MaxKeptListBytes"/>.</exception>
    public void Add(OwnerRow row)
    {
        _bytes += row.Name.Utf8.Length + BytesBesideName;
        if (_bytes > IndexLimits.MaxKeptListBytes)
            throw new EndlessListException($"{IndexLimits.MaxKeptListBytes >> 20} MiB");
        _rows.Add(row);
    }
}
