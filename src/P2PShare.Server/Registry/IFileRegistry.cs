using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Registry;

/// <summary>Who shares what. Any thread may call any member at any time; a call waits for other calls only, for microseconds.</summary>
/// <remarks>File names that are passed in may borrow their bytes: the registry copies what it keeps.</remarks>
internal interface IFileRegistry : IPartRegistry
{
    /// <summary>
    /// Adds an entry, or replaces its owner's entry of the same name, which needs no further room. An entry with a content replaces its
    /// owner's part of it.
    /// </summary>
    PutResult Put(in FileEntry entry);

    /// <summary>Removes an entry. False where that owner has none of this name.</summary>
    bool Remove(long owner, FileName name);

    /// <summary>Removes all entries and parts of an owner, and returns how many. The work grows with that number alone.</summary>
    int RemoveAll(long owner);

    /// <summary>
    /// Chooses the owner to fetch this file from, and counts a request for it; null where nobody shares the file. It is an owner of
    /// the content that most owners of the name agree on, and of these the one with the fewest recent requests; equals are chosen
    /// round robin. Owners of unknown content come last.
    /// </summary>
    EncodedAddress? Choose(FileName name);

    /// <summary>Announces names that <see cref="Choose"/> will be called with next, so that their lookups' cache misses overlap.</summary>
    /// <param name="text">The bytes that contain the names.</param>
    /// <param name="names">Where the names are: a few dozen at most. They need not be valid file names.</param>
    void Prefetch(ReadOnlySpan<byte> text, ReadOnlySpan<Range> names);

    /// <summary>
    /// Adds entries of this name until <paramref name="found"/> has no room: the content with the most owners first, and at least one
    /// entry of each content. Where there is no room for all, the next call goes on round robin.
    /// </summary>
    void Find(FileName name, FileRows found);

    /// <summary>Adds entries of this content under any name. Where there is no room for all, the next call goes on round robin.</summary>
    void Find(FileId id, FileRows found);

    /// <summary>Adds the entries after a position, in order of name and owner, until <paramref name="page"/> has no room.</summary>
    void ReadPage(FilePosition after, FileRows page);

    /// <inheritdoc cref="ReadPage(FilePosition, FileRows)"/>
    void ReadPage(FilePosition after, EncodedRows page);
}
