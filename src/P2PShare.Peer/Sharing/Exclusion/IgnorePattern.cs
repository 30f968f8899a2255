using System.Diagnostics.CodeAnalysis;

namespace P2PShare.Peer.Sharing.Exclusion;

/// <summary>A pattern in the syntax of gitignore(5). Pure.</summary>
internal sealed class IgnorePattern
{
    private readonly string _glob;
    private readonly bool _matchesName;
    private readonly bool _matchesFolders;

    private IgnorePattern(string glob, bool isNegated, bool matchesFolders)
    {
        _matchesFolders = matchesFolders;
        _matchesName = !glob.Contains('/');
        _glob = glob.StartsWith('/') ? glob[1..] : glob;
        IsNegated = isNegated;
    }

    /// <summary>What it matches is shared, although an earlier pattern excludes it.</summary>
    public bool IsNegated { get; }

    /// <summary>Parses a line. False where it is empty or a comment.</summary>
    public static bool TryParse(string line, [NotNullWhen(true)] out IgnorePattern? pattern)
    {
        pattern = null;
        var text = WithoutTrailingSpaces(line);
        if (text.Length == 0 || text[0] == '#')
            return false;
        var isNegated = text[0] == '!';
        if (isNegated)
            text = text[1..];
        var matchesFolders = text.EndsWith('/');
        if (matchesFolders)
            text = text[..^1];
        pattern = new IgnorePattern(text, isNegated, matchesFolders);
        return text.Length > 0;
    }

    /// <param name="path">Relative to the folder of the pattern's file, with '/' between its parts.</param>
    /// <param name="isFolder">The path is a folder.</param>
    public bool IsMatch(ReadOnlySpan<char> path, bool isFolder)
    {
        if (_matchesFolders && !isFolder)
            return false;
        return GlobMatcher.IsMatch(_glob, _matchesName ? path[(path.LastIndexOf('/') + 1)..] : path);
    }

    // A backslash keeps the space behind it.
    private static string WithoutTrailingSpaces(string line)
    {
        var end = 0;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\\')
                i++;
            else if (line[i] == ' ')
                continue;
            end = Math.Min(i + 1, line.Length);
        }

        return line[..end];
    }
}
