using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Registry;

/// <summary>Who shares what. Any thread may call any member at any time; none waits for anything but the others' microseconds.</summary>
/// <remarks>Names that are passed in may borrow their bytes: what the registry keeps, it copies.</remarks>
internal interface IFileRegistry
{
    /// <summary>Adds an entry, or puts it in the place of its owner's entry of the same name.</summary>
    /// <returns>Null where it is there now; else why not, in words that are safe to send back.</returns>
    string? Put(in FileEntry entry);

    /// <summary>False where that owner has no entry of this name.</summary>
    bool Remove(long owner, FileName name);

    /// <summary>Removes what an owner announced, and says how many entries that were. The work grows with that number and with nothing else.</summary>
    int RemoveAll(long owner);

    /// <summary>
    /// The owner to fetch this file from, or null where there is none; it counts as handed one request. Best are owners of the
    /// content that most owners of the name agree on, and of those the one with the fewest requests handed to it lately; equals
    /// take turns. Owners of unknown content come last.
    /// </summary>
    EncodedAddress? Choose(FileName name);

    /// <summary>Says which names <see cref="Choose"/> will be asked for in a moment, so that the work which that is can be done for all of them together.</summary>
    /// <param name="text">Of which the names are parts; what cannot be a name does no harm.</param>
    /// <param name="names">A few dozen at most.</param>
    void Prefetch(ReadOnlySpan<byte> text, ReadOnlySpan<Range> names);

    /// <summary>
    /// Entries of this name, as many as <paramref name="found"/> has room for: the content with the most owners first, at least one
    /// of each content where there is room. Where there is no room for all, they take turns.
    /// </summary>
    void Find(FileName name, FileRows found);

    /// <summary>Entries of this content under whatever name, as many as there is room for; where there is no room for all, they take turns.</summary>
    void Find(FileId id, FileRows found);

    /// <summary>Entries in order of name and owner, from the first one after a position, as many as there are and <paramref name="page"/> has room for.</summary>
    void ReadPage(FilePosition after, FileRows page);

    /// <inheritdoc cref="ReadPage(FilePosition, FileRows)"/>
    void ReadPage(FilePosition after, EncodedRows page);
}
