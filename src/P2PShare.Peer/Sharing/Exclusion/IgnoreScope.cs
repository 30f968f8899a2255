using P2PShare.Peer.Linux;

namespace P2PShare.Peer.Sharing.Exclusion;

/// <summary>
/// What is excluded in a folder of an announced folder: by the patterns of its <c>.p2pignore</c>, of those of the folders above it, and by
/// patterns that the user typed. Of the patterns that match, the last one decides: the typed ones come last, before them the file that is
/// nearest. Immutable.
/// </summary>
internal sealed class IgnoreScope
{
    /// <summary>The name of the file with patterns. It is hidden, so that it is never shared itself.</summary>
    public const string FileName = ".p2pignore";

    // Far more than anybody writes by hand, and little to read for each scan.
    private const long MaxFileBytes = 1024 * 1024;

    private readonly IgnoreScope? _outer;
    private readonly string _folder;
    private readonly IReadOnlyList<IgnorePattern> _patterns;
    private readonly IReadOnlyList<IgnorePattern> _typed;

    private IgnoreScope(IgnoreScope? outer, string folder, IReadOnlyList<IgnorePattern> patterns, IReadOnlyList<IgnorePattern> typed) =>
        (_outer, _folder, _patterns, _typed) = (outer, folder, patterns, typed);

    /// <summary>The scope of an announced folder, before its own file is read.</summary>
    /// <param name="typed">Patterns, relative to the announced folder.</param>
    public static IgnoreScope Of(IReadOnlyList<string> typed) => new(null, "", [], Parse(typed));

    /// <summary>The scope within a folder that has a file of patterns.</summary>
    /// <param name="file">The full path of that file.</param>
    /// <param name="folder">Relative to the announced folder, with a '/' at the end; empty for the announced folder itself.</param>
    /// <exception cref="IOException">The file cannot be read; what it excludes must not be shared then.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public IgnoreScope With(string file, string folder)
    {
        if (FileStamp.Of(file).Size > MaxFileBytes)
            throw new IOException($"{file} is larger than 1 MiB");
        return new IgnoreScope(this, folder, Parse(File.ReadLines(file)), _typed);
    }

    /// <param name="path">Relative to the announced folder, with '/' between its parts. The folders above it are not excluded.</param>
    /// <param name="isFolder">The path is a folder.</param>
    public bool Excludes(string path, bool isFolder)
    {
        var decision = Decide(_typed, path, isFolder);
        for (var scope = this; scope is not null && decision is null; scope = scope._outer)
            decision = Decide(scope._patterns, path.AsSpan(scope._folder.Length), isFolder);
        return decision ?? false;
    }

    private static bool? Decide(IReadOnlyList<IgnorePattern> patterns, ReadOnlySpan<char> path, bool isFolder)
    {
        for (var i = patterns.Count - 1; i >= 0; i--)
        {
            if (patterns[i].IsMatch(path, isFolder))
                return !patterns[i].IsNegated;
        }

        return null;
    }

    private static List<IgnorePattern> Parse(IEnumerable<string> lines)
    {
        var patterns = new List<IgnorePattern>();
        foreach (var line in lines)
        {
            if (IgnorePattern.TryParse(line, out var pattern))
                patterns.Add(pattern);
        }

        return patterns;
    }
}
