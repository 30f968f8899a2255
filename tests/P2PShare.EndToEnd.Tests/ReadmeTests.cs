using System.Globalization;
using System.Text.RegularExpressions;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

/// <summary>
/// Runs the session of three terminals in the README and compares the output line by line, except for ports, times and keys.
/// </summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public async Task The_session_of_three_terminals_prints_what_the_README_shows()
    {
        var terminals = ConsoleBlock().Matches(await File.ReadAllTextAsync(FindReadme()))
            .Select(match => match.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .ToList();
        terminals.Should().HaveCount(3);

        await using var server = await RunningServer.StartAsync();
        await using var yigido = await RunningClient.StartAsync(server, "yigido");
        await using var ayse = await RunningClient.StartAsync(server, "ayse");
        yigido.Folder.Write("hello.txt", "hello, peers\n"u8);
        string Real(string line) => line
            .Replace("8080", server.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("9001", yigido.PeerPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("9002", ayse.PeerPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

        terminals.Select(lines => lines[0]).Should().Equal(
            "$ ./dist/server 8080", "$ ./dist/client yigido 127.0.0.1 8080 9001", "$ ./dist/client ayse 127.0.0.1 8080 9002");
        await RunAsync(server.Process, terminals[0].Skip(1).Select(Real));
        await RunAsync(yigido.Process, terminals[1].Skip(1).Select(Real));
        await RunAsync(ayse.Process, terminals[2].Skip(1).Select(Real));
        (await ayse.Process.WaitForExitAsync()).Should().Be(0);
    }

    private static async Task RunAsync(ProgramProcess program, IEnumerable<string> lines)
    {
        var printed = 0;
        foreach (var line in lines)
        {
            if (line.StartsWith("> ", StringComparison.Ordinal))
            {
                await program.SendLineAsync(line[2..]);
                continue;
            }

            await Eventually.True(() => program.Output.Lines.Count > printed, $"'{line}'");
            WithoutTimes(program.Output.Lines[printed++]).TrimEnd().Should().Be(WithoutTimes(line).TrimEnd());
        }
    }

    private static string FindReadme()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "P2PShare.sln")))
                return Path.Combine(folder.FullName, "README.md");
        }

        throw new FileNotFoundException("README.md");
    }

    private static string WithoutTimes(string line) => Fingerprints.Mask(Seconds().Replace(line, "in 0.0 s"));

    [GeneratedRegex("```console\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ConsoleBlock();

    [GeneratedRegex(@"in \d+\.\d s")]
    private static partial Regex Seconds();
}
