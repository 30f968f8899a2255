using System.Buffers;
using P2PShare.Server.Registry;

namespace P2PShare.Server.Lists;

/// <summary>A list that reads whole entries, identities included.</summary>
/// <inheritdoc cref="PagedList(IFileRegistry, ReadOnlySpan{byte})"/>
internal abstract class EntryList(IFileRegistry registry, ReadOnlySpan<byte> beginning) : PagedList(registry, beginning)
{
    private readonly FileRows _page = new(RowsInPage);

    public override void Dispose()
    {
        _page.Dispose();
        base.Dispose();
    }

    protected sealed override bool TryWritePage(IBufferWriter<byte> output)
    {
        _page.Clear();
        Registry.ReadPage(Last, _page);
        if (!TryWriteRows(_page, output) || _page.Room > 0)
            return false;
        var last = _page[_page.Count - 1];
        MoveTo(last.Name.Utf8.Span, last.Owner);
        return true;
    }

    /// <summary>Composes the rows of a page that belong to the list. False where no later entry belongs to it.</summary>
    protected abstract bool TryWriteRows(FileRows page, IBufferWriter<byte> output);
}
