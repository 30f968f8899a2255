using System.Text;

namespace P2PShare.Protocol.Text;

/// <summary>The kinds of character that a file name or a user name must not contain (PROTOCOL.md, section 3).</summary>
internal static class ForbiddenCharacters
{
    /// <summary>Ends a line or moves a cursor: the C0 and C1 controls, and Unicode's line and paragraph separators.</summary>
    public static bool IsControlOrLineSeparator(this Rune rune) => Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029;

    /// <summary>Embeddings, overrides and isolates (Unicode UAX #9), which can make "gpj.exe" read "exe.jpg".</summary>
    /// <remarks>
    /// The marks LRM, RLM and ALM are not among them: ordinary Hebrew and Arabic names contain them, and they reorder nothing.
    /// </remarks>
    public static bool IsBidirectionalOverride(this Rune rune) => rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    /// <summary>One of the 66 code points that Unicode never assigns to a character. Normalizing U+FFFE throws.</summary>
    public static bool IsNoncharacter(this Rune rune) => (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF;
}
