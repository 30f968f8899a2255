using System.Runtime.InteropServices;
using System.Text;

namespace P2PShare.Protocol.Text;

/// <summary>
/// Unicode normalization form C, NFC (UAX #15). The runtime's own needs ICU, a library that a machine without .NET may lack, and
/// that takes 35 MB and half of a program's start.
/// </summary>
internal static class NormalizationFormC
{
    // Every code point below has combining class 0, and composes with nothing before it.
    private const int FirstActive = 0x300;

    private const int BlockBits = 5;
    private const int CodePointBits = 21;
    private const int CodePointMask = (1 << CodePointBits) - 1;

    private const int Syllables = 0xAC00;
    private const int LeadingJamo = 0x1100;
    private const int VowelJamo = 0x1161;
    private const int TrailingJamo = 0x11A7;
    private const int Leadings = 19;
    private const int Vowels = 21;
    private const int Trailings = 28;

    // From the first and the second of a pair to what they compose to.
    private static readonly Dictionary<long, int> Composites = [];
    private static readonly HashSet<int> Seconds = [];

    // A bit for each 32 code points: one of them is more than a character that stays as it is.
    private static readonly ulong[] ActiveBlocks = new ulong[(CodePointMask >> (BlockBits + 6)) + 1];

    static NormalizationFormC()
    {
        foreach (var entry in NormalizationTables.Decompositions)
        {
            var (codePoint, first, second) = Split(entry);
            if (Composes(entry))
            {
                Composites.Add(Pair(first, second), codePoint);
                Seconds.Add(second);
                Activate(second);
            }
            else
            {
                Activate(codePoint);
            }
        }

        foreach (var run in NormalizationTables.CombiningClasses)
        {
            for (var index = 0; index <= Following(run); index++)
                Activate(First(run) + index);
        }

        for (var jamo = VowelJamo; jamo < TrailingJamo + Trailings; jamo++)
            Activate(jamo);
    }

    /// <summary>The text's NFC; null where the text is in it already, which is found without an allocation for nearly every name.</summary>
    /// <param name="text">Valid UTF-8.</param>
    public static byte[]? Normalize(ReadOnlySpan<byte> text)
    {
        if (IsSurelyNormalized(text))
            return null;
        var codePoints = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunesOfUtf8())
            Decompose(rune.Value, codePoints);
        Compose(codePoints);
        var normalized = Encode(codePoints);
        return text.SequenceEqual(normalized) ? null : normalized;
    }

    // The quick check of UAX #15, section 9, where "maybe" counts as no.
    private static bool IsSurelyNormalized(ReadOnlySpan<byte> text)
    {
        var last = 0;
        foreach (var rune in text.EnumerateRunesOfUtf8())
        {
            var codePoint = rune.Value;
            if (!IsActive(codePoint))
            {
                last = 0;
                continue;
            }

            var combiningClass = CombiningClass(codePoint);
            if ((combiningClass != 0 && last > combiningClass) || MayChange(codePoint))
                return false;
            last = combiningClass;
        }

        return true;
    }

    private static bool MayChange(int codePoint) =>
        Seconds.Contains(codePoint) || IsVowelOrTrailing(codePoint) || (Find(codePoint) is { } entry && !Composes(entry));

    private static void Decompose(int codePoint, List<int> into)
    {
        if (codePoint - Syllables is >= 0 and < Leadings * Vowels * Trailings and var syllable)
        {
            into.Add(LeadingJamo + syllable / (Vowels * Trailings));
            into.Add(VowelJamo + syllable / Trailings % Vowels);
            if (syllable % Trailings is > 0 and var trailing)
                into.Add(TrailingJamo + trailing);
        }
        else if (Find(codePoint) is { } entry)
        {
            var (_, first, second) = Split(entry);
            Decompose(first, into);
            if (second != 0)
                Decompose(second, into);
        }
        else
        {
            InsertInOrder(codePoint, into);
        }
    }

    // Marks of different classes may stand in any order; the canonical one is that of their classes.
    private static void InsertInOrder(int codePoint, List<int> into)
    {
        var combiningClass = CombiningClass(codePoint);
        var place = into.Count;
        if (combiningClass != 0)
        {
            while (place > 0 && CombiningClass(into[place - 1]) > combiningClass)
                place--;
        }

        into.Insert(place, codePoint);
    }

    // A character is blocked from its starter by one between them of the same or a higher class, or of class 0.
    private static void Compose(List<int> text)
    {
        var codePoints = CollectionsMarshal.AsSpan(text);
        var starter = -1;
        var last = 0;
        var kept = 0;
        foreach (var codePoint in codePoints)
        {
            var combiningClass = CombiningClass(codePoint);
            var isBlocked = starter < 0 || (kept - 1 != starter && last >= combiningClass);
            if (!isBlocked && Composite(codePoints[starter], codePoint) is { } composite)
            {
                codePoints[starter] = composite;
                continue;
            }

            if (combiningClass == 0)
                starter = kept;
            last = combiningClass;
            codePoints[kept++] = codePoint;
        }

        text.RemoveRange(kept, text.Count - kept);
    }

    private static int? Composite(int first, int second)
    {
        if (first - LeadingJamo is >= 0 and < Leadings and var leading && second - VowelJamo is >= 0 and < Vowels and var vowel)
            return Syllables + (leading * Vowels + vowel) * Trailings;
        if (first - Syllables is >= 0 and < Leadings * Vowels * Trailings and var syllable && syllable % Trailings == 0
            && second - TrailingJamo is > 0 and < Trailings and var trailing)
            return first + trailing;
        return Composites.TryGetValue(Pair(first, second), out var composite) ? composite : null;
    }

    private static byte[] Encode(List<int> codePoints)
    {
        var bytes = new byte[codePoints.Sum(codePoint => new Rune(codePoint).Utf8SequenceLength)];
        var rest = bytes.AsSpan();
        foreach (var codePoint in codePoints)
            rest = rest[new Rune(codePoint).EncodeToUtf8(rest)..];
        return bytes;
    }

    private static int CombiningClass(int codePoint)
    {
        var runs = NormalizationTables.CombiningClasses;
        var (low, high) = (0, runs.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var past = codePoint - First(runs[middle]);
            if (past < 0)
                high = middle - 1;
            else if (past > Following(runs[middle]))
                low = middle + 1;
            else
                return (int)(runs[middle] & 0xFF);
        }

        return 0;
    }

    private static ulong? Find(int codePoint)
    {
        var entries = NormalizationTables.Decompositions;
        var (low, high) = (0, entries.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var found = Split(entries[middle]).CodePoint;
            if (found == codePoint)
                return entries[middle];
            if (found < codePoint)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return null;
    }

    private static bool IsVowelOrTrailing(int codePoint) =>
        codePoint is (>= VowelJamo and < VowelJamo + Vowels) or (> TrailingJamo and < TrailingJamo + Trailings);

    private static bool IsActive(int codePoint) =>
        codePoint >= FirstActive && (ActiveBlocks[codePoint >> (BlockBits + 6)] >> (codePoint >> BlockBits & 63) & 1) != 0;

    private static void Activate(int codePoint) => ActiveBlocks[codePoint >> (BlockBits + 6)] |= 1UL << (codePoint >> BlockBits & 63);

    private static int First(uint run) => (int)(run >> 11);

    private static int Following(uint run) => (int)(run >> 8 & 7);

    private static bool Composes(ulong entry) => entry >> 63 == 0;

    private static (int CodePoint, int First, int Second) Split(ulong entry) =>
        ((int)(entry >> (2 * CodePointBits)) & CodePointMask, (int)(entry >> CodePointBits) & CodePointMask, (int)entry & CodePointMask);

    private static long Pair(int first, int second) => ((long)first << CodePointBits) | (uint)second;
}
