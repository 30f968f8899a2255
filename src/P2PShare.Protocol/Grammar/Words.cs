namespace P2PShare.Protocol.Grammar;

/// <summary>Takes a line apart at its spaces, from either end, because a file name in the middle may hold spaces of its own.</summary>
internal static class Words
{
    /// <summary>The first word; <paramref name="rest"/> is what follows the space behind it. False where there is no space.</summary>
    public static bool TryTakeFirst(ReadOnlyMemory<byte> text, out ReadOnlySpan<byte> word, out ReadOnlyMemory<byte> rest)
    {
        var space = text.Span.IndexOf((byte)' ');
        word = space < 0 ? default : text.Span[..space];
        rest = space < 0 ? default : text[(space + 1)..];
        return space >= 0;
    }

    /// <summary>The last word; <paramref name="rest"/> is what stands before the space in front of it. False where there is no space.</summary>
    public static bool TryTakeLast(ReadOnlyMemory<byte> text, out ReadOnlySpan<byte> word, out ReadOnlyMemory<byte> rest)
    {
        var space = text.Span.LastIndexOf((byte)' ');
        word = space < 0 ? default : text.Span[(space + 1)..];
        rest = space < 0 ? default : text[..space];
        return space >= 0;
    }

    /// <summary>A byte of ASCII that ends lines or moves cursors, which no text on the wire needs.</summary>
    public static bool HasControl(ReadOnlySpan<byte> text) => text.ContainsAnyInRange((byte)0, (byte)0x1F) || text.Contains((byte)0x7F);
}
