using System.Buffers.Text;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Grammar;

/// <summary>Neighbouring pieces of one file: <c>17</c> or <c>17-42</c> on the wire. The first piece of a file is 0.</summary>
/// <param name="First">The first piece.</param>
/// <param name="Last">The last piece, at least <paramref name="First"/>.</param>
public readonly record struct PieceRange(int First, int Last)
{
    // 4194302-4194303
    internal const int MaxBytes = 2 * 10 + 1;

    /// <summary>How many pieces these are.</summary>
    public int Count => Last - First + 1;

    internal static bool TryParse(ReadOnlySpan<byte> word, out PieceRange range)
    {
        var dash = word.IndexOf((byte)'-');
        var firstWord = dash < 0 ? word : word[..dash];
        var lastWord = dash < 0 ? word : word[(dash + 1)..];
        var isParsed = DecimalDigits.TryParse(firstWord, Limits.MaxPieces - 1, out int first)
            & DecimalDigits.TryParse(lastWord, Limits.MaxPieces - 1, out int last)
            && (dash < 0 || first < last);
        range = isParsed ? new PieceRange(first, last) : default;
        return isParsed;
    }

    internal int Format(Span<byte> destination)
    {
        Utf8Formatter.TryFormat(First, destination, out var length);
        if (Last == First)
            return length;
        destination[length++] = (byte)'-';
        Utf8Formatter.TryFormat(Last, destination[length..], out var lastLength);
        return length + lastLength;
    }
}
