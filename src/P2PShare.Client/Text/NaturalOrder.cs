namespace P2PShare.Client.Text;

/// <summary>Names as people order them: numbers by their value (f2 before f10), letters without regard to case. A total order.</summary>
internal sealed class NaturalOrder : IComparer<string>
{
    public static NaturalOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        var (a, b) = (x ?? "", y ?? "");
        var (i, j) = (0, 0);
        while (i < a.Length && j < b.Length)
        {
            var order = char.IsAsciiDigit(a[i]) && char.IsAsciiDigit(b[j])
                ? CompareNumbers(a, ref i, b, ref j)
                : CompareLetters(a[i++], b[j++]);
            if (order != 0)
                return order;
        }

        var rest = (a.Length - i).CompareTo(b.Length - j);
        return rest != 0 ? rest : string.CompareOrdinal(a, b);
    }

    private static int CompareLetters(char a, char b) => char.ToUpperInvariant(a).CompareTo(char.ToUpperInvariant(b));

    // Without leading zeros, the longer number is the greater one.
    private static int CompareNumbers(string a, ref int i, string b, ref int j)
    {
        var first = DigitsAt(a, ref i);
        var second = DigitsAt(b, ref j);
        return first.Length != second.Length ? first.Length.CompareTo(second.Length) : first.SequenceCompareTo(second);
    }

    private static ReadOnlySpan<char> DigitsAt(string text, ref int index)
    {
        var start = index;
        while (index < text.Length && char.IsAsciiDigit(text[index]))
            index++;
        return text.AsSpan(start, index - start).TrimStart('0');
    }
}
