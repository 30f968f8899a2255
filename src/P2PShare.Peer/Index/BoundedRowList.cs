using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Peer.Index;

/// <summary>A list of rows that is held in memory, up to a bound.</summary>
internal sealed class BoundedRowList
{
    // What a row takes besides its name: its id, its address, the objects around them, and the spare capacity of the list.
    private const int BytesBesidesName = 256;

    private readonly List<OwnerRow> _rows = [];
    private long _bytes;

    public IReadOnlyList<OwnerRow> All => _rows;

    /// <exception cref="ListTooLongException">All rows together are larger than <see cref="IndexLimits.MaxKeptListBytes"/>.</exception>
    public void Add(OwnerRow row)
    {
        _bytes += row.Name.Utf8.Length + BytesBesidesName;
        if (_bytes > IndexLimits.MaxKeptListBytes)
            throw new ListTooLongException($"{IndexLimits.MaxKeptListBytes >> 20} MiB");
        _rows.Add(row);
    }
}
