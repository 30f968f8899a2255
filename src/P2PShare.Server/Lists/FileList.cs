using System.Buffers;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Server.Registry;

namespace P2PShare.Server.Lists;

/// <summary>The reply to LIST_FILES: every entry.</summary>
internal sealed class FileList(IFileRegistry registry) : PagedList(registry, beginning: default)
{
    private readonly EncodedRows _page = new(RowsInPage);

    public override void Dispose()
    {
        _page.Dispose();
        base.Dispose();
    }

    protected override bool TryWritePage(IBufferWriter<byte> output)
    {
        _page.Clear();
        Registry.ReadPage(Last, _page);
        output.Write(_page.Text);
        if (_page.Room > 0)
            return false;
        MoveTo(_page.LastName, _page.LastOwner);
        return true;
    }

    protected override void WriteEnd(IBufferWriter<byte> output) => FixedReplies.Write(output, FixedReplies.ListEnd);
}
