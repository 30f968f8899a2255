using System.Buffers;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry;

namespace P2PShare.Server.Lists;

/// <summary>The reply to SEARCH: a row for each content of each name that matches, most owners first, up to a bound.</summary>
internal sealed class SearchList(IFileRegistry registry, NamePattern pattern) : EntryList(registry, beginning: default)
{
    // The owners of the current name. Its entries follow one another, perhaps over several pages; its rows are written when the
    // next name begins.
    private readonly Dictionary<FileIdentity, int> _owners = [];
    private int _ownersOfUnknownContent;
    private FileIdentity? _mostOwned;
    private readonly byte[] _name = new byte[Limits.MaxFileNameBytes];
    private int _nameLength;
    private bool _nameMatches;
    private int _rows;
    private bool _hasMore;

    public override bool IsSearch => true;

    protected override bool TryWriteRows(FileRows page, IBufferWriter<byte> output)
    {
        for (var i = 0; i < page.Count && !_hasMore; i++)
            AddEntry(page[i], output);
        return !_hasMore;
    }

    protected override void WriteEnd(IBufferWriter<byte> output)
    {
        WriteRows(output);
        FixedReplies.Write(output, _hasMore ? FixedReplies.SearchEndMore : FixedReplies.SearchEnd);
    }

    private void AddEntry(in FileEntry entry, IBufferWriter<byte> output)
    {
        if (!entry.Name.Utf8.Span.SequenceEqual(_name.AsSpan(0, _nameLength)))
        {
            WriteRows(output);
            _nameMatches = pattern.Matches(entry.Name);
            entry.Name.Utf8.Span.CopyTo(_name);
            _nameLength = entry.Name.Utf8.Length;
        }

        if (_nameMatches && _rows == Limits.MaxSearchHits)
            _hasMore = true;
        else if (_nameMatches)
            CountOwner(entry);
    }

    // A name may be announced with any number of contents, so no more are counted than can be shown. The most owned one is counted
    // in any case, so that false contents cannot hide it.
    private void CountOwner(in FileEntry entry)
    {
        if (entry.Identity is not { } known)
            _ownersOfUnknownContent++;
        else if (_owners.TryGetValue(known, out var owners))
            _owners[known] = owners + 1;
        else if (_owners.Count <= Limits.MaxSearchHits || known == GetMostOwned(entry.Name))
            _owners.Add(known, 1);
    }

    private FileIdentity? GetMostOwned(FileName name) => _mostOwned ??= FindMostOwned(name);

    private FileIdentity? FindMostOwned(FileName name)
    {
        using var found = new FileRows(1);
        Registry.Find(name, found);
        return found.Count > 0 ? found[0].Identity : null;
    }

    private void WriteRows(IBufferWriter<byte> output)
    {
        var name = FileName.FromValidatedUtf8(_name.AsMemory(0, _nameLength));
        foreach (var (identity, owners) in _owners.OrderByDescending(content => content.Value))
            WriteRow(new SearchRow(identity, owners, name), output);
        if (_ownersOfUnknownContent > 0)
            WriteRow(new SearchRow(null, _ownersOfUnknownContent, name), output);
        _owners.Clear();
        _mostOwned = null;
        _ownersOfUnknownContent = 0;
    }

    private void WriteRow(SearchRow row, IBufferWriter<byte> output)
    {
        _hasMore = _rows == Limits.MaxSearchHits;
        if (_hasMore)
            return;
        row.WriteTo(output);
        _rows++;
    }
}
