using System.Text;

namespace P2PShare.Protocol.Text;

/// <summary>The kinds of character that no name on the wire may hold (PROTOCOL.md, section 3).</summary>
internal static class RuneKinds
{
    /// <summary>Ends a line or moves a cursor: the C0 and C1 controls, and Unicode's line and paragraph separators.</summary>
    public static bool EndsLineOrControls(this Rune rune) => Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029;

    /// <summary>Embeddings, overrides and isolates (Unicode TR9): "gpj.exe" can be made to read "exe.jpg".</summary>
    /// <remarks>The plain marks LRM, RLM and ALM are none: ordinary Hebrew and Arabic names carry them, and they turn nothing round.</remarks>
    public static bool TurnsWritingRound(this Rune rune) => rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    /// <summary>The 66 code points that Unicode never gives to a character. Normalizing U+FFFE throws.</summary>
    public static bool IsNoncharacter(this Rune rune) => (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF;
}
