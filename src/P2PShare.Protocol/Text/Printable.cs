using System.Globalization;
using System.Text;

namespace P2PShare.Protocol.Text;

/// <summary>
/// A stranger's text made fit for a terminal or a log: nothing in the result ends a line, moves a cursor, turns the writing
/// round or piles marks over other lines.
/// </summary>
public static class Printable
{
    /// <summary>Unicode characters shown before the rest is cut off.</summary>
    public const int MaxCharacters = 300;

    // Vietnamese and Hebrew stack two or three marks on a letter; nobody's name needs more.
    private const int MaxMarksInRow = 4;

    public static string Of(ReadOnlySpan<byte> utf8) => Of(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, 4 * MaxCharacters)]));

    /// <summary>Controls, format characters, line separators and unpaired surrogates become <c>\u{hex}</c>; a fifth combining mark in a row and what is over 300 characters become an ellipsis.</summary>
    public static string Of(string text)
    {
        if (text.Length <= MaxCharacters && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;

        var shown = new StringBuilder(Math.Min(text.Length, MaxCharacters) + 16);
        var (characters, marks) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (characters++ == MaxCharacters)
                return shown.Append('…').ToString();
            marks = IsMark(rune) ? marks + 1 : 0;
            if (marks > MaxMarksInRow)
                AppendOnce(shown, '…');
            else if (MustBeEscaped(rune))
                shown.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            else
                shown.Append(rune.ToString());
        }

        return shown.ToString();
    }

    private static void AppendOnce(StringBuilder shown, char ellipsis)
    {
        if (shown[^1] != ellipsis)
            shown.Append(ellipsis);
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.SpacingCombiningMark;

    // The joiners hold emoji and some scripts' letters together, and do nothing else.
    private static bool IsJoiner(Rune rune) => rune.Value is 0x200C or 0x200D;

    private static bool MustBeEscaped(Rune rune) => !IsJoiner(rune) && Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
