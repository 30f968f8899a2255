using System.Buffers.Binary;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;
using P2PShare.Server.Registry.Tables.Records;

namespace P2PShare.Server.Registry.Tables;

/// <summary>The contents that are shared, and the listings of each. A content is removed with its last listing.</summary>
/// <remarks>
/// The content of an id has one size. A false announcement may claim another one: further sizes of an id are linked in a ring with
/// the first and have an index of their own, so that a million false sizes slow down no lookup.
/// </remarks>
internal sealed class ContentTable
{
    private readonly Slab<Listing> _listings;
    private readonly Slab<Content> _contents;
    private readonly HashIndex<Content, Content.Hashed> _firstById;
    private readonly HashIndex<Content, Content.Hashed> _otherByIdentity;
    private readonly IntrusiveRing<Content, Content.InSizeRing> _sizeRings;
    private readonly IntrusiveRing<Listing, Listing.InContentRing> _listingRings;

    public ContentTable(TableMemory memory, Slab<Listing> listings)
    {
        _listings = listings;
        _contents = new(memory);
        _firstById = new(memory, _contents);
        _otherByIdentity = new(memory, _contents);
        _sizeRings = new(_contents);
        _listingRings = new(listings);
    }

    public ref Content this[int content] => ref _contents[content];

    /// <summary>The number of this content, which is added where it is new. 0 for null.</summary>
    public int GetOrAdd(FileIdentity? identity)
    {
        if (identity is not { } known)
            return 0;
        var first = FirstOf(known.Id);
        if (first == 0)
            return AddFirst(known);
        if (_contents[first].Identity == known)
            return first;
        var other = _otherByIdentity.First(HashOf(known));
        while (other != 0 && _contents[other].Identity != known)
            other = _otherByIdentity.Next(other);
        return other != 0 ? other : AddOther(known, first);
    }

    /// <summary>Null for 0.</summary>
    public FileIdentity? IdentityOf(int content) => content == 0 ? null : _contents[content].Identity;

    /// <summary>The oldest content with this id, or 0.</summary>
    public int FirstOf(FileId id)
    {
        var content = _firstById.First(HashOf(id));
        while (content != 0 && _contents[content].Identity.Id != id)
            content = _firstById.Next(content);
        return content;
    }

    /// <summary>How many entries have this id, with any size.</summary>
    public int CountEntries(FileId id) => FirstOf(id) is not 0 and var first ? _contents[first].EntriesOfId : 0;

    /// <summary>Counts an entry of this content, or with -1 the end of one. Does nothing for 0.</summary>
    public void CountEntry(int content, int change = 1)
    {
        if (content == 0)
            return;
        var first = IsOnlySize(content) ? content : FirstOf(_contents[content].Identity.Id);
        _contents[first].EntriesOfId += change;
    }

    /// <summary>The next content with the same id and another size; the same content where there is none.</summary>
    public int NextSize(int content) => _sizeRings.Next(content);

    /// <summary>How many contents have the id of this first one and another size, counted up to <paramref name="max"/>.</summary>
    public int CountOthers(int first, int max)
    {
        var count = 0;
        for (var other = _sizeRings.Next(first); other != first && count < max; other = _sizeRings.Next(other))
            count++;
        return count;
    }

    /// <summary>The next content, in round-robin order, with the id of this first one and another size; there must be one.</summary>
    public int RotateOthers(int first)
    {
        var other = _sizeRings.Next(first);
        _sizeRings.MoveToBack(ref first, other);
        return other;
    }

    /// <summary>The next listing of the same content.</summary>
    public int NextListing(int listing) => _listingRings.Next(listing);

    public void AddListing(int listing)
    {
        if (_listings[listing].Content is not 0 and var content)
            _listingRings.Append(ref _contents[content].FirstListing, listing);
    }

    public void RemoveListing(int listing)
    {
        var content = _listings[listing].Content;
        if (content == 0)
            return;
        _listingRings.Remove(ref _contents[content].FirstListing, listing);
        if (_contents[content].FirstListing == 0)
            Remove(content);
    }

    private static uint HashOf(FileId id)
    {
        Span<byte> bytes = stackalloc byte[Limits.HashBytes];
        id.CopyTo(bytes);
        return SeededHash.Of(bytes);
    }

    private static uint HashOf(FileIdentity identity)
    {
        Span<byte> bytes = stackalloc byte[Limits.HashBytes + sizeof(long)];
        identity.Id.CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[Limits.HashBytes..], identity.Size);
        return SeededHash.Of(bytes);
    }

    private int AddFirst(FileIdentity identity)
    {
        var content = _contents.Add(new Content { Identity = identity });
        var head = 0;
        _firstById.Add(HashOf(identity.Id), content);
        _sizeRings.Append(ref head, content);
        return content;
    }

    private int AddOther(FileIdentity identity, int first)
    {
        var content = _contents.Add(new Content { Identity = identity });
        _otherByIdentity.Add(HashOf(identity), content);
        _sizeRings.Append(ref first, content);
        return content;
    }

    private void Remove(int content)
    {
        var first = FirstOf(_contents[content].Identity.Id);
        if (content != first)
        {
            _otherByIdentity.Remove(content);
            _sizeRings.Remove(ref first, content);
        }
        else
        {
            _firstById.Remove(content);
            _sizeRings.Remove(ref first, content);
            if (first != 0)
                MakeFirst(first, _contents[content].EntriesOfId);
        }

        _contents.Remove(content);
    }

    private bool IsOnlySize(int content) => _sizeRings.Next(content) == content;

    private void MakeFirst(int other, int entriesOfId)
    {
        _contents[other].EntriesOfId = entriesOfId;
        _otherByIdentity.Remove(other);
        _firstById.Add(HashOf(_contents[other].Identity.Id), other);
    }
}
