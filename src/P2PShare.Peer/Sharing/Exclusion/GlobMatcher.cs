using System.Text;

namespace P2PShare.Peer.Sharing.Exclusion;

/// <summary>
/// Matches a path with a glob as git does (wildmatch.c with WM_PATHNAME): <c>*</c> and <c>?</c> do not match a '/', <c>**</c> between
/// slashes matches any folders. Unlike there, <c>?</c> and brackets match a character and not a byte. Pure.
/// </summary>
internal static class GlobMatcher
{
    private enum Outcome
    {
        Match,
        NoMatch,

        // The text ended: a star before has no more to try.
        TextEnded,

        // Only a star that matches slashes has more to try. This keeps the time polynomial.
        NeedsSlash,
    }

    /// <param name="glob">Malformed globs (an open bracket, a backslash at the end) match nothing.</param>
    /// <param name="text">A relative path with '/' between its parts.</param>
    public static bool IsMatch(ReadOnlySpan<char> glob, ReadOnlySpan<char> text) => Match(glob, 0, text) == Outcome.Match;

    private static Outcome Match(ReadOnlySpan<char> glob, int at, ReadOnlySpan<char> text)
    {
        while (at < glob.Length)
        {
            var character = glob[at];
            if (character == '*')
                return MatchStar(glob, at, text);
            if (text.IsEmpty)
                return Outcome.TextEnded;
            var length = 1;
            if (character == '?' || character == '[')
            {
                Rune.DecodeFromUtf16(text, out var rune, out length);
                if (text[0] == '/')
                    return Outcome.NoMatch;
                if (character == '?')
                    at++;
                else if (!GlobBracket.TryMatch(glob, ref at, rune))
                    return Outcome.NoMatch;
            }
            else
            {
                if (character == '\\' && ++at == glob.Length)
                    return Outcome.NoMatch;
                if (glob[at++] != text[0])
                    return Outcome.NoMatch;
            }

            text = text[length..];
        }

        return text.IsEmpty ? Outcome.Match : Outcome.NoMatch;
    }

    private static Outcome MatchStar(ReadOnlySpan<char> glob, int at, ReadOnlySpan<char> text)
    {
        var end = at;
        while (end < glob.Length && glob[end] == '*')
            end++;
        var rest = glob[end..];
        var matchesSlash = end - at > 1 && (at == 0 || glob[at - 1] == '/') && (rest.IsEmpty || rest[0] == '/');

        // "a/**/b" also matches "a/b".
        if (matchesSlash && !rest.IsEmpty && Match(glob, end + 1, text) == Outcome.Match)
            return Outcome.Match;
        if (rest.IsEmpty)
            return matchesSlash || !text.Contains('/') ? Outcome.Match : Outcome.NeedsSlash;
        for (; !text.IsEmpty; text = text[1..])
        {
            var outcome = Match(glob, end, text);
            if (outcome is Outcome.Match or Outcome.TextEnded || (outcome == Outcome.NeedsSlash && !matchesSlash))
                return outcome;
            if (text[0] == '/' && !matchesSlash)
                return Outcome.NeedsSlash;
        }

        return Outcome.TextEnded;
    }
}
