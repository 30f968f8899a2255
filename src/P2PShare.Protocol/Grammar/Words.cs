namespace P2PShare.Protocol.Grammar;

/// <summary>Splits a line at its spaces, from either end, because a file name in the middle may contain spaces.</summary>
internal static class Words
{
    /// <summary>Takes the first word; <paramref name="rest"/> is what follows its space. False where there is no space.</summary>
    public static bool TryTakeFirst(ReadOnlyMemory<byte> text, out ReadOnlySpan<byte> word, out ReadOnlyMemory<byte> rest)
    {
        var space = text.Span.IndexOf((byte)' ');
        word = space < 0 ? default : text.Span[..space];
        rest = space < 0 ? default : text[(space + 1)..];
        return space >= 0;
    }

    /// <summary>Takes the last word; <paramref name="rest"/> is what precedes its space. False where there is no space.</summary>
    public static bool TryTakeLast(ReadOnlyMemory<byte> text, out ReadOnlySpan<byte> word, out ReadOnlyMemory<byte> rest)
    {
        var space = text.Span.LastIndexOf((byte)' ');
        word = space < 0 ? default : text.Span[(space + 1)..];
        rest = space < 0 ? default : text[..space];
        return space >= 0;
    }

    /// <summary>Whether the text contains an ASCII control character, which could end a line or move a cursor.</summary>
    public static bool ContainsControl(ReadOnlySpan<byte> text) =>
        text.ContainsAnyInRange((byte)0, (byte)0x1F) || text.Contains((byte)0x7F);
}
