using P2PShare.Protocol;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Registry.Storage;

/// <summary>The contents that are shared, and under which listings.</summary>
internal sealed class ContentTable(Slab<Listing> listings)
{
    private readonly Slab<Content> _contents = new();
    private readonly HashIndex _byId = new();
    private readonly Rings<Listing, Listing.InContent> _rings = new(listings);

    public ref Content this[int number] => ref _contents[number];

    /// <summary>The number of this content, which is added where it is new. 0 for null.</summary>
    public int NumberOf(FileIdentity? identity)
    {
        if (identity is not { } known)
            return 0;
        var number = FirstOf(known.Id);
        while (number != 0 && _contents[number].Identity != known)
            number = NextOf(number);
        if (number != 0)
            return number;
        number = _contents.Add(new Content { Identity = known });
        _byId.Add(HashOf(known.Id), number);
        return number;
    }

    public FileIdentity? IdentityOf(int number) => number == 0 ? null : _contents[number].Identity;

    /// <summary>The first content with this id, or 0. Where somebody lies about the size there are more.</summary>
    public int FirstOf(FileId id) => FirstWith(id, _byId.First(HashOf(id)));

    public int NextOf(int number) => FirstWith(_contents[number].Identity.Id, _byId.Next(number));

    public int NextListing(int listing) => _rings.Next(listing);

    public void Join(int listing)
    {
        if (listings[listing].Content is not 0 and var content)
            _rings.Append(ref _contents[content].FirstListing, listing);
    }

    /// <summary>A content that nobody lists any more is forgotten.</summary>
    public void Leave(int listing)
    {
        if (listings[listing].Content is 0)
            return;
        var content = listings[listing].Content;
        _rings.Remove(ref _contents[content].FirstListing, listing);
        if (_contents[content].FirstListing != 0)
            return;
        _byId.Remove(content);
        _contents.Remove(content);
    }

    private static uint HashOf(FileId id)
    {
        Span<byte> bytes = stackalloc byte[Limits.HashBytes];
        id.CopyTo(bytes);
        return SeededHash.Of(bytes);
    }

    private int FirstWith(FileId id, int number)
    {
        while (number != 0 && _contents[number].Identity.Id != id)
            number = _byId.Next(number);
        return number;
    }
}
