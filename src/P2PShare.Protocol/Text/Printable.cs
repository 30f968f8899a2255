using System.Globalization;
using System.Text;

namespace P2PShare.Protocol.Text;

/// <summary>
/// Makes untrusted text safe for a terminal or a log: nothing in the result ends a line, moves a cursor, reorders the text or
/// stacks marks over other lines.
/// </summary>
public static class Printable
{
    /// <summary>Unicode characters of the result, after which the text is cut.</summary>
    public const int MaxCharacters = 300;

    // Vietnamese and Hebrew stack two or three combining marks on a letter; no script needs more.
    private const int MaxMarksInRow = 4;

    public static string Of(ReadOnlySpan<byte> utf8) => Of(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, 4 * MaxCharacters)]));

    /// <summary>
    /// Replaces controls, format characters, line separators and unpaired surrogates by <c>\u{hex}</c>, and a fifth combining mark in
    /// a row, and everything after 300 characters, by an ellipsis.
    /// </summary>
    public static string Of(string text)
    {
        if (text.Length <= MaxCharacters && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;

        var result = new StringBuilder(Math.Min(text.Length, MaxCharacters) + 16);
        var (characters, marks) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (characters++ == MaxCharacters)
                return result.Append('…').ToString();
            marks = IsMark(rune) ? marks + 1 : 0;
            if (marks > MaxMarksInRow)
                AppendOnce(result, '…');
            else if (MustBeEscaped(rune))
                result.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            else
                result.Append(rune.ToString());
        }

        return result.ToString();
    }

    private static void AppendOnce(StringBuilder result, char ellipsis)
    {
        if (result[^1] != ellipsis)
            result.Append(ellipsis);
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.SpacingCombiningMark;

    // Emoji and some scripts need the joiners, which have no other effect.
    private static bool IsJoiner(Rune rune) => rune.Value is 0x200C or 0x200D;

    private static bool MustBeEscaped(Rune rune) => !IsJoiner(rune) && Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
