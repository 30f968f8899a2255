namespace P2PShare.Client.Cli.Input;

/// <summary>What the word before the cursor may become.</summary>
/// <param name="Start">Where the word begins in the line.</param>
/// <param name="Candidates">What may stand there, in order; each as it is typed, with the quotes that it needs.</param>
/// <param name="Labels">What to show of each candidate in a list, printable.</param>
internal sealed record Completion(int Start, IReadOnlyList<string> Candidates, IReadOnlyList<string> Labels)
{
    /// <summary>Nothing is known that fits.</summary>
    public static Completion None { get; } = new(0, [], []);

    /// <summary>The longest text that all candidates begin with, ignoring case where they differ in it.</summary>
    public string CommonBeginning()
    {
        if (Candidates.Count == 0)
            return "";
        var first = Candidates[0];
        var length = first.Length;
        foreach (var candidate in Candidates)
        {
            var same = 0;
            while (same < length && same < candidate.Length && candidate[same] == first[same])
                same++;
            length = same;
        }

        // Never half of a surrogate pair.
        return length > 0 && char.IsHighSurrogate(first[length - 1]) ? first[..(length - 1)] : first[..length];
    }
}
