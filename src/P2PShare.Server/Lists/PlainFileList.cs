using System.Buffers;
using P2PShare.Protocol.Grammar;
using P2PShare.Server.Registry;

namespace P2PShare.Server.Lists;

/// <summary>The answer to LIST_FILES: every entry.</summary>
internal sealed class PlainFileList(IFileRegistry registry) : FileList(registry, beginning: default)
{
    protected override bool TryWrite(in FileEntry entry, IBufferWriter<byte> output)
    {
        new FileRow(entry.Name, entry.Address).WriteTo(output);
        return true;
    }

    protected override void WriteEnd(IBufferWriter<byte> output) => Replies.Write(output, Replies.ListEnd);
}
