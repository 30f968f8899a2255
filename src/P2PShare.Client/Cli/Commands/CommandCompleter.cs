using System.Text;
using P2PShare.Client.Cli.Display;
using P2PShare.Client.Cli.Input;
using P2PShare.Client.Cli.Syntax;
using P2PShare.Client.Text;
using P2PShare.Peer.Index;
using P2PShare.Peer.Sharing;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;

namespace P2PShare.Client.Cli.Commands;

/// <summary>
/// Completes what is typed: command words, local paths after ANNOUNCE and AS, names that the server knows after REQUEST, UPDATE,
/// SEARCH and LIST_FILES, and names that this client shares after WITHDRAW and REPAIR.
/// </summary>
internal sealed class CommandCompleter(IndexClient index, SharedFiles shared)
{
    private const string As = " AS ";

    /// <summary>What the text before the cursor may become.</summary>
    /// <exception cref="IOException">The server is away.</exception>
    public async Task<Completion> CompleteAsync(string before, CancellationToken cancellation)
    {
        var start = before.Length - before.TrimStart().Length;
        var end = start;
        while (end < before.Length && !char.IsWhiteSpace(before[end]))
            end++;
        if (end == before.Length)
            return WordsThatBegin(start, before[start..]);

        var argument = end + before[end..].Length - before[end..].TrimStart().Length;
        var typed = before[argument..];
        switch (before[start..end].ToUpperInvariant())
        {
            case "ANNOUNCE":
                return AnnounceArgument.PathStart(typed) is { } path
                    ? LocalPaths.Complete(argument + path, typed[path..])
                    : Completion.None;
            case "REQUEST" when typed.LastIndexOf(As, StringComparison.Ordinal) is >= 0 and var at:
                return LocalPaths.Complete(argument + at + As.Length, typed[(at + As.Length)..]);
            case "REQUEST" or "UPDATE" or "SEARCH" or "LIST_FILES":
                return Of(argument, typed, await FindNamesAsync(typed, cancellation));
            case "WITHDRAW" or "REPAIR":
                return Of(argument, typed, shared.Snapshot().Select(file => file.Name.ToString()));
            default:
                return Completion.None;
        }
    }

    private static Completion WordsThatBegin(int start, string typed)
    {
        var words = CommandParser.Words.Where(word => word.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).ToList();
        return new Completion(start, words.Count == 1 ? [words[0] + " "] : words, words);
    }

    // A part of a name up to the next '/' is a candidate first, as with local folders.
    private static Completion Of(int start, string typed, IEnumerable<string> names)
    {
        var candidates = names
            .Where(name => name.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Select(name => name.IndexOf('/', typed.Length) is >= 0 and var slash ? name[..(slash + 1)] : name)
            .Distinct()
            .Order(NaturalOrder.Instance)
            .ToList();
        return new Completion(start, candidates, [.. candidates.Select(Screen.Safe)]);
    }

    private async Task<IReadOnlyList<string>> FindNamesAsync(string typed, CancellationToken cancellation)
    {
        var pattern = Encoding.UTF8.GetBytes(typed + "*");
        if (!index.Features.HasFlag(Features.Search) || pattern.Length > Limits.MaxSearchBytes || typed.Any(char.IsControl))
            return [];
        return await index.UseAsync(async connection =>
        {
            var names = new List<string>();
            await connection.SearchAsync(pattern, row =>
            {
                if (names.Count < Limits.MaxSearchHits)
                    names.Add(row.Name.ToString());
            }, cancellation);
            return names;
        }, cancellation);
    }
}
