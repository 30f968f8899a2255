using System.Buffers;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Grammar.Replies;

/// <summary>A row of FOLDERS: <c>FOLDER filename</c>, an empty folder.</summary>
public readonly record struct FolderRow(FileName Name)
{
    /// <summary>The name keeps a copy of its bytes.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> line, out FolderRow row)
    {
        row = default;
        if (!Words.TryTakeFirst(line, out var verb, out var rest)
            || !verb.SequenceEqual("FOLDER"u8)
            || !FileName.TryParse(rest, out var name, out _))
            return false;
        row = new FolderRow(name.ToOwned());
        return true;
    }

    // FOLDER photos/to sort
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output).Word("FOLDER"u8).Word(Name).End();
}
