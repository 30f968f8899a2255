using System.Buffers;
using P2PShare.Protocol.Grammar;
using P2PShare.Server.Registry;

namespace P2PShare.Server.Lists;

/// <summary>The answer to LIST_FILES: every entry.</summary>
internal sealed class PlainFileList(IFileRegistry registry) : FileList(registry, beginning: default, withIdentities: false)
{
    // Many rows to a piece of the output, because asking for a piece takes as long as writing a row.
    protected override bool TryWritePage(FileRows page, IBufferWriter<byte> output)
    {
        var room = output.GetSpan(FileRow.MaxBytes);
        var used = 0;
        for (var i = 0; i < page.Count; i++)
        {
            if (room.Length - used < FileRow.MaxBytes)
            {
                output.Advance(used);
                room = output.GetSpan(FileRow.MaxBytes);
                used = 0;
            }

            var name = page.PartsOf(i, out var ip, out var port);
            used += FileRow.Write(room[used..], name, ip, port);
        }

        output.Advance(used);
        return true;
    }

    protected override void WriteEnd(IBufferWriter<byte> output) => Replies.Write(output, Replies.ListEnd);
}
