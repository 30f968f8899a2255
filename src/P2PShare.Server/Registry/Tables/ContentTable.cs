using System.Buffers.Binary;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables;

/// <summary>The contents that are shared, and under which listings.</summary>
/// <remarks>
/// An honest id has one size. Where somebody lies about it, the other sizes stand in a ring with the first one and in an index of
/// their own, so that a million of them slow nobody down.
/// </remarks>
internal sealed class ContentTable
{
    private readonly Slab<Listing> _listings;
    private readonly Slab<Content> _contents;
    private readonly HashIndex<Content, Content.Hashed> _firstById;
    private readonly HashIndex<Content, Content.Hashed> _otherBySize;
    private readonly IntrusiveRing<Content, Content.WithId> _sizes;
    private readonly IntrusiveRing<Listing, Listing.InContent> _rings;

    public ContentTable(TableMemory memory, Slab<Listing> listings)
    {
        _listings = listings;
        _contents = new(memory);
        _firstById = new(memory, _contents);
        _otherBySize = new(memory, _contents);
        _sizes = new(_contents);
        _rings = new(listings);
    }

    public ref Content this[int number] => ref _contents[number];

    /// <summary>The number of this content, which is added where it is new. 0 for null.</summary>
    public int NumberOf(FileIdentity? identity)
    {
        if (identity is not { } known)
            return 0;
        var first = FirstOf(known.Id);
        if (first == 0 || _contents[first].Identity == known)
            return first != 0 ? first : AddFirst(known);
        var other = _otherBySize.First(HashOf(known));
        while (other != 0 && _contents[other].Identity != known)
            other = _otherBySize.Next(other);
        return other != 0 ? other : AddOther(known, first);
    }

    public FileIdentity? IdentityOf(int number) => number == 0 ? null : _contents[number].Identity;

    /// <summary>The content with this id that came first of those there are, or 0.</summary>
    public int FirstOf(FileId id)
    {
        var number = _firstById.First(HashOf(id));
        while (number != 0 && _contents[number].Identity.Id != id)
            number = _firstById.Next(number);
        return number;
    }

    /// <summary>How many contents have the id of this first one and another size, counted up to <paramref name="most"/>.</summary>
    public int CountOthers(int first, int most)
    {
        var count = 0;
        for (var other = _sizes.Next(first); other != first && count < most; other = _sizes.Next(other))
            count++;
        return count;
    }

    /// <summary>Of the contents with the id of this first one and another size, the one whose turn it is.</summary>
    public int TakeTurn(int first)
    {
        var other = _sizes.Next(first);
        _sizes.MoveToBack(ref first, other);
        return other;
    }

    public int NextListing(int listing) => _rings.Next(listing);

    public void Join(int listing)
    {
        if (_listings[listing].Content is not 0 and var content)
            _rings.Append(ref _contents[content].FirstListing, listing);
    }

    /// <summary>A content that nobody lists any more is forgotten.</summary>
    public void Leave(int listing)
    {
        if (_listings[listing].Content is 0)
            return;
        var content = _listings[listing].Content;
        _rings.Remove(ref _contents[content].FirstListing, listing);
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
        var (number, none) = (_contents.Add(new Content { Identity = identity }), 0);
        _firstById.Add(HashOf(identity.Id), number);
        _sizes.Append(ref none, number);
        return number;
    }

    private int AddOther(FileIdentity identity, int first)
    {
        var number = _contents.Add(new Content { Identity = identity });
        _otherBySize.Add(HashOf(identity), number);
        _sizes.Append(ref first, number);
        return number;
    }

    private void Remove(int number)
    {
        var identity = _contents[number].Identity;
        var first = FirstOf(identity.Id);
        if (number != first)
        {
            _otherBySize.Remove(number);
            _sizes.Remove(ref first, number);
        }
        else
        {
            _firstById.Remove(number);
            _sizes.Remove(ref first, number);
            if (first != 0)
                MakeFirst(first);
        }

        _contents.Remove(number);
    }

    private void MakeFirst(int other)
    {
        _otherBySize.Remove(other);
        _firstById.Add(HashOf(_contents[other].Identity.Id), other);
    }
}
