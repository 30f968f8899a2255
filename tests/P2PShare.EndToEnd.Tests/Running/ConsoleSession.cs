using System.Text.RegularExpressions;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests.Running;

/// <summary>
/// Plays the sessions that the README shows, and compares what is printed line by line, except for times and keys.
/// </summary>
/// <param name="program">The program in this terminal.</param>
/// <param name="real">Puts the real ports into a line of the README.</param>
internal sealed partial class ConsoleSession(ProgramProcess program, Func<string, string> real)
{
    private int _printed;

    /// <summary>The blocks of a section, each in lines.</summary>
    /// <param name="heading">The section's heading, without its number signs.</param>
    public static async Task<IReadOnlyList<string[]>> ReadBlocksAsync(string heading)
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Specification.Root, "README.md"));
        var section = readme.Split($"\n## {heading}\n")[1].Split("\n## ")[0];
        return [.. Block().Matches(section).Select(match => match.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))];
    }

    /// <summary>Types what stands behind a prompt, and waits for all other lines.</summary>
    public async Task PlayAsync(IEnumerable<string> lines)
    {
        foreach (var line in lines.Select(real))
        {
            if (line.StartsWith("> ", StringComparison.Ordinal))
            {
                await program.SendLineAsync(line[2..]);
                continue;
            }

            await Eventually.True(() => program.Output.Lines.Count > _printed, $"'{line}'");
            WithoutTimes(program.Output.Lines[_printed++]).TrimEnd().Should().Be(WithoutTimes(line).TrimEnd());
        }
    }

    private static string WithoutTimes(string line) => Fingerprints.Mask(Seconds().Replace(line, "in 0.0 s"));

    [GeneratedRegex("```(?:console|sh)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"in \d+\.\d s")]
    private static partial Regex Seconds();
}
