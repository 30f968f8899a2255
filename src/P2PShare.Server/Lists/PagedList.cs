using System.Buffers;
using P2PShare.Protocol;
using P2PShare.Server.Registry;

namespace P2PShare.Server.Lists;

/// <summary>
/// A reply of many rows that is composed a page at a time: the registry is locked only while a page is copied, and no more than a page
/// is in memory, however long the list is and however slow its reader. An entry that is announced or withdrawn meanwhile may be in the
/// list or not; none is in it twice.
/// </summary>
internal abstract class PagedList : IDisposable
{
    /// <summary>A page is copied in a few microseconds, for which other sessions may have to wait.</summary>
    public const int RowsInPage = 256;

    private readonly byte[] _lastName = ArrayPool<byte>.Shared.Rent(Limits.MaxFileNameBytes);

    /// <param name="registry">Where the rows come from.</param>
    /// <param name="beginning">The list starts with the first name that is, or comes after, these bytes; at most 1,024.</param>
    protected PagedList(IFileRegistry registry, ReadOnlySpan<byte> beginning)
    {
        Registry = registry;
        MoveTo(beginning, owner: 0);
    }

    /// <summary>True where many entries are read for each row, so that the speed of the reader does not bound the work.</summary>
    public virtual bool IsSearch => false;

    protected IFileRegistry Registry { get; }

    /// <summary>Where the last page ended.</summary>
    protected FilePosition Last { get; private set; }

    /// <summary>Composes the next page and, after the last row, the line that ends the list.</summary>
    /// <returns>True where the list is complete.</returns>
    public bool WriteNextPage(IBufferWriter<byte> output)
    {
        if (TryWritePage(output))
            return false;
        WriteEnd(output);
        return true;
    }

    public virtual void Dispose() => ArrayPool<byte>.Shared.Return(_lastName);

    /// <summary>Composes the page after <see cref="Last"/>, and moves there. False where nothing of the list follows.</summary>
    protected abstract bool TryWritePage(IBufferWriter<byte> output);

    protected abstract void WriteEnd(IBufferWriter<byte> output);

    // Copies the name, because the page or the line that it is in will be overwritten.
    protected void MoveTo(ReadOnlySpan<byte> name, long owner)
    {
        name.CopyTo(_lastName);
        Last = new FilePosition(_lastName.AsMemory(0, name.Length), owner);
    }
}
