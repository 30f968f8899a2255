using System.Buffers;
using P2PShare.Protocol;
using P2PShare.Server.Registry;

namespace P2PShare.Server.Lists;

/// <summary>
/// A list on its way out, a page at a time: the registry is held only while a page is copied, and no more than a page is in memory,
/// however long the list is and however slow its reader. What is announced or withdrawn meanwhile may show or not; nothing shows twice.
/// </summary>
internal abstract class PagedList : IDisposable
{
    /// <summary>Copied in a few microseconds: that long may the others have to wait.</summary>
    public const int RowsInPage = 256;

    private readonly byte[] _lastName = ArrayPool<byte>.Shared.Rent(Limits.MaxFileNameBytes);

    /// <param name="registry">Where the rows come from.</param>
    /// <param name="beginning">The list starts with the first name that is, or comes after, these bytes; at most 1,024.</param>
    protected PagedList(IFileRegistry registry, ReadOnlySpan<byte> beginning)
    {
        Registry = registry;
        MoveTo(beginning, owner: 0);
    }

    protected IFileRegistry Registry { get; }

    /// <summary>Where the last page ended.</summary>
    protected FilePosition Last { get; private set; }

    /// <summary>Composes the next page and, after the last row, the list's end.</summary>
    /// <returns>True where the list is complete.</returns>
    public bool WriteNextPage(IBufferWriter<byte> output)
    {
        if (TryWritePage(output))
            return false;
        WriteEnd(output);
        return true;
    }

    /// <summary>It looks at many entries for each that it shows, so that its reader's pace does not bound its work.</summary>
    public virtual bool IsSearch => false;

    public virtual void Dispose() => ArrayPool<byte>.Shared.Return(_lastName);

    /// <summary>Composes the rows of the page after <see cref="Last"/>, and moves there. False where nothing of the list comes after them.</summary>
    protected abstract bool TryWritePage(IBufferWriter<byte> output);

    protected abstract void WriteEnd(IBufferWriter<byte> output);

    // The name is copied because it stands in the page, or in a line, that something else is read into next.
    protected void MoveTo(ReadOnlySpan<byte> name, long owner)
    {
        name.CopyTo(_lastName);
        Last = new FilePosition(_lastName.AsMemory(0, name.Length), owner);
    }
}
