using P2PShare.Client.Text;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Cli.Commands;

/// <summary>The rows of LIST_FILES: those that match, grouped by content where the owners are not listed, in natural order.</summary>
/// <param name="text">Text that the names contain, ignoring case; empty for all.</param>
/// <param name="listsOwners">A row for each owner, instead of one for each content with the number of its owners.</param>
/// <param name="maxRows">Further rows are only counted.</param>
/// <param name="maxLetters">The length of all names together, after which further rows are only counted.</param>
internal sealed class FileListing(string text, bool listsOwners, int maxRows, int maxLetters)
{
    private readonly List<Row> _rows = [];
    private readonly Dictionary<(FileName Name, FileIdentity? Identity), Row> _ofContent = [];
    private int _letters;

    /// <summary>A content, or an owner of one.</summary>
    public sealed class Row(FileName name, FileIdentity? identity, PeerAddress owner)
    {
        public FileName Name { get; } = name;

        /// <summary>Null where the owner speaks only protocol 1.0.</summary>
        public FileIdentity? Identity { get; } = identity;

        /// <summary>The first of the owners.</summary>
        public PeerAddress Owner { get; } = owner;

        public int Owners { get; set; } = 1;
    }

    /// <summary>Rows that match, those that are only counted included.</summary>
    public long Count { get; private set; }

    /// <summary>All rows that match are there.</summary>
    public bool IsComplete => Count == _rows.Count;

    public void Add(FileName name, FileIdentity? identity, PeerAddress owner)
    {
        var typed = name.ToString();
        if (text.Length > 0 && !typed.Contains(text, StringComparison.OrdinalIgnoreCase))
            return;
        if (!listsOwners && _ofContent.TryGetValue((name, identity), out var known))
        {
            known.Owners++;
            return;
        }

        Count++;
        if (_rows.Count >= maxRows || _letters >= maxLetters)
            return;
        var row = new Row(name, identity, owner);
        _letters += typed.Length;
        _rows.Add(row);
        if (!listsOwners)
            _ofContent.Add((name, identity), row);
    }

    public void Clear()
    {
        _rows.Clear();
        _ofContent.Clear();
        (Count, _letters) = (0, 0);
    }

    /// <summary>The rows in natural order of their names; the rows of one name as the server sent them.</summary>
    public IReadOnlyList<Row> Rows() => [.. _rows.OrderBy(row => row.Name.ToString(), NaturalOrder.Instance)];
}
