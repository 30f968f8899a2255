using System.Buffers;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Server.Registry;

namespace P2PShare.Server.Lists;

/// <summary>The reply to LIST_SHARES: every entry whose name begins with a prefix, with its identity.</summary>
internal sealed class ShareList(IFileRegistry registry, ReadOnlySpan<byte> prefix) : EntryList(registry, prefix)
{
    // A copy, because the line that holds the prefix is overwritten before the second page is composed.
    private readonly byte[] _prefix = prefix.ToArray();

    protected override bool TryWriteRows(FileRows page, IBufferWriter<byte> output)
    {
        for (var i = 0; i < page.Count; i++)
        {
            var entry = page[i];
            if (!entry.Name.Utf8.Span.StartsWith(_prefix))
                return false;
            new OwnerRow(entry.Identity, entry.Address, entry.Name).WriteTo(output);
        }

        return true;
    }

    protected override void WriteEnd(IBufferWriter<byte> output) => FixedReplies.Write(output, FixedReplies.ListSharesEnd);
}
