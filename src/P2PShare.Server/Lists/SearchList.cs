using System.Buffers;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry;

namespace P2PShare.Server.Lists;

/// <summary>The answer to SEARCH: a row for each content of each name that matches, most owners first, up to a bound.</summary>
internal sealed class SearchList(IFileRegistry registry, NamePattern pattern) : EntryList(registry, beginning: default)
{
    // A name's entries follow one another, perhaps over several pages; its rows are written when the next name comes.
    private readonly Dictionary<FileIdentity, int> _owners = [];
    private FileIdentity? _mostAgreed;
    private int _plainOwners;
    private readonly byte[] _nameBytes = new byte[Limits.MaxFileNameBytes];
    private int _nameLength;
    private bool _nameMatches;
    private int _rows;
    private bool _hasMore;

    public override bool IsSearch => true;

    protected override bool TryWriteRows(FileRows page, IBufferWriter<byte> output)
    {
        for (var i = 0; i < page.Count && !_hasMore; i++)
            Take(page[i], output);
        return !_hasMore;
    }

    protected override void WriteEnd(IBufferWriter<byte> output)
    {
        WriteRows(output);
        Replies.Write(output, _hasMore ? Replies.SearchEndMore : Replies.SearchEnd);
    }

    private void Take(in FileEntry entry, IBufferWriter<byte> output)
    {
        if (!entry.Name.Utf8.Span.SequenceEqual(_nameBytes.AsSpan(0, _nameLength)))
        {
            WriteRows(output);
            _nameMatches = pattern.Matches(entry.Name);
            entry.Name.Utf8.Span.CopyTo(_nameBytes);
            _nameLength = entry.Name.Utf8.Length;
        }

        if (_nameMatches && _rows == Limits.MaxSearchHits)
            _hasMore = true;
        else if (_nameMatches)
            Count(entry);
    }

    // Strangers may announce one name with ever new contents; no more are counted than could be shown. The one that most agree on
    // is counted in any case, so that they cannot hide it.
    private void Count(in FileEntry entry)
    {
        if (entry.Identity is not { } known)
            _plainOwners++;
        else if (_owners.TryGetValue(known, out var owners))
            _owners[known] = owners + 1;
        else if (_owners.Count <= Limits.MaxSearchHits || known == (_mostAgreed ??= MostAgreed(entry.Name)))
            _owners.Add(known, 1);
    }

    private FileIdentity? MostAgreed(FileName name)
    {
        using var found = new FileRows(1);
        Registry.Find(name, found);
        return found.Count > 0 ? found[0].Identity : null;
    }

    private void WriteRows(IBufferWriter<byte> output)
    {
        var name = FileName.Restore(_nameBytes.AsMemory(0, _nameLength));
        foreach (var (identity, owners) in _owners.OrderByDescending(content => content.Value))
            WriteRow(new SearchRow(identity, owners, name), output);
        if (_plainOwners > 0)
            WriteRow(new SearchRow(null, _plainOwners, name), output);
        _owners.Clear();
        _mostAgreed = null;
        _plainOwners = 0;
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
