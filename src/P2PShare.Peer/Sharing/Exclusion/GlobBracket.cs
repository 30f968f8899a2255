using System.Text;

namespace P2PShare.Peer.Sharing.Exclusion;

/// <summary>A bracket expression of a glob: <c>[a-z]</c>, <c>[!a-z]</c>, <c>[[:digit:]]</c>. Pure.</summary>
internal static class GlobBracket
{
    /// <param name="glob">The glob.</param>
    /// <param name="at">Where the bracket opens; moved behind it.</param>
    /// <param name="character">The character to match.</param>
    /// <returns>False also where the bracket is not closed.</returns>
    public static bool TryMatch(ReadOnlySpan<char> glob, ref int at, Rune character)
    {
        at++;
        var isNegated = at < glob.Length && glob[at] is '!' or '^';
        if (isNegated)
            at++;
        var isMatch = false;
        for (var isFirst = true; at < glob.Length; isFirst = false)
        {
            if (glob[at] == ']' && !isFirst)
            {
                at++;
                return isMatch != isNegated;
            }

            if (TryTakeClass(glob, ref at, out var name))
            {
                isMatch |= IsOfClass(character, name);
                continue;
            }

            if (!TryTakeCharacter(glob, ref at, out var first))
                return false;
            var last = first;
            if (at + 1 < glob.Length && glob[at] == '-' && glob[at + 1] != ']')
            {
                at++;
                if (!TryTakeCharacter(glob, ref at, out last))
                    return false;
            }

            isMatch |= first <= character && character <= last;
        }

        return false;
    }

    private static bool TryTakeCharacter(ReadOnlySpan<char> glob, ref int at, out Rune character)
    {
        character = default;
        if (glob[at] == '\\' && ++at == glob.Length)
            return false;
        Rune.DecodeFromUtf16(glob[at..], out character, out var length);
        at += length;
        return true;
    }

    private static bool TryTakeClass(ReadOnlySpan<char> glob, ref int at, out ReadOnlySpan<char> name)
    {
        name = default;
        if (!glob[at..].StartsWith("[:") || glob[(at + 2)..].IndexOf(']') is not (> 0 and var end) || glob[at + 1 + end] != ':')
            return false;
        name = glob.Slice(at + 2, end - 1);
        at += end + 3;
        return true;
    }

    // The classes of POSIX, of ASCII as in git.
    private static bool IsOfClass(Rune rune, ReadOnlySpan<char> name)
    {
        if (!rune.IsAscii)
            return false;
        var character = (char)rune.Value;
        return name switch
        {
            "alpha" => char.IsAsciiLetter(character),
            "digit" => char.IsAsciiDigit(character),
            "alnum" => char.IsAsciiLetterOrDigit(character),
            "upper" => char.IsAsciiLetterUpper(character),
            "lower" => char.IsAsciiLetterLower(character),
            "xdigit" => char.IsAsciiHexDigit(character),
            "space" => char.IsWhiteSpace(character),
            "blank" => character is ' ' or '\t',
            "punct" => char.IsPunctuation(character) || char.IsSymbol(character),
            "cntrl" => char.IsControl(character),
            "graph" => character is > ' ' and < '\x7f',
            "print" => character is >= ' ' and < '\x7f',
            _ => false,
        };
    }
}
