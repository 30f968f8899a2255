using System.Text.RegularExpressions;
using P2PShare.Client.Cli.Display;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

/// <summary>
/// Draws the picture at the top of the README from a real run, and compares it with the one that is there. To write it anew:
/// <c>P2PSHARE_DRAW=1 dotnet test tests/P2PShare.EndToEnd.Tests --filter ReadmePicture</c>.
/// </summary>
public sealed partial class ReadmePictureTests
{
    private const int Columns = 110;
    private static readonly string Picture = Path.Combine(Specification.Root, "src", "terminals.svg");

    [Fact]
    public async Task Picture_shows_what_three_terminals_show()
    {
        var drawn = await DrawAsync();
        if (Environment.GetEnvironmentVariable("P2PSHARE_DRAW") is not null)
            await File.WriteAllTextAsync(Picture, drawn);

        (await File.ReadAllTextAsync(Picture)).Should().Be(drawn, "the picture is drawn anew when what is printed changes");
        (await File.ReadAllTextAsync(Path.Combine(Specification.Root, "README.md"))).Should().Contain("(src/terminals.svg)");
    }

    private static async Task<string> DrawAsync()
    {
        using var serverHome = new TempFolder();
        using var ownerHome = new TempFolder();
        using var requesterHome = new TempFolder();
        ownerHome.Write("photos/sunset 1.jpg", new SeededBytes(1).Create(2_400_000));
        ownerHome.Write("photos/sunset 2.jpg", new SeededBytes(2).Create(3_100_000));

        await using var server = Start(Programs.Server, serverHome, "0", "--bind", "127.0.0.1");
        var port = PortIn(await server.WaitForLineAsync("Listening on"));
        await using var owner = Start(Programs.Client, ownerHome, "yigido", "127.0.0.1", port, "0");
        var ownerPort = PortIn(await owner.WaitForLineAsync("peers reach me on port"));
        await TypeAsync(owner, "ANNOUNCE photos", "Announced 2 files");
        await using var requester = Start(Programs.Client, requesterHome, "ayse", "127.0.0.1", port, "0");
        var requesterPort = PortIn(await requester.WaitForLineAsync("peers reach me on port"));
        await TypeAsync(requester, "LIST_FILES", "2 files");
        await TypeAsync(requester, "REQUEST photos/", "photos/ 2 files saved in");
        await TypeAsync(requester, "REQUEST photos/sunset 1.jpg", "is already there");
        await server.WaitForTextAsync("registered as ayse");

        string Shown(string row) => WithoutChance(row)
            .Replace(ownerPort, "9001", StringComparison.Ordinal)
            .Replace(requesterPort, "9002", StringComparison.Ordinal)
            .Replace(port, "8080", StringComparison.Ordinal);
        return TerminalPicture.Draw(
        [
            new("server", ["$ server 8080", .. RowsOf(server).Select(Shown)]),
            new("yigido", ["$ client yigido 127.0.0.1 8080 9001", .. RowsOf(owner).Select(Shown)]),
            new("ayse", ["$ client ayse 127.0.0.1 8080 9002", .. RowsOf(requester).Select(Shown)]),
        ], Columns);
    }

    private static TerminalProcess Start(string program, TempFolder home, params string[] arguments) =>
        TerminalProcess.Start(program, arguments, home.Path, RunningClient.EnvironmentIn(home), Columns);

    private static async Task TypeAsync(TerminalProcess terminal, string line, string answer)
    {
        await Eventually.True(() => RowsOf(terminal) is [.., ">"], "the prompt");
        await terminal.SendLineAsync(line);
        await Eventually.True(
            () => RowsOf(terminal).Any(row => row.Contains(answer, StringComparison.Ordinal)) && RowsOf(terminal) is [.., ">"], answer);
    }

    private static IReadOnlyList<string> RowsOf(TerminalProcess terminal)
    {
        var shown = new VirtualTerminal(Columns, TerminalProcess.Rows, TextTable.WidthOf);
        shown.Write(terminal.Screen.Raw);
        return shown.Rows;
    }

    // Times, keys and the ports of sessions are others in each run.
    private static string WithoutChance(string row) =>
        Fingerprints.Mask(Clock().Replace(Seconds().Replace(Socket().Replace(row, "127.0.0.1:50000"), "in 0.1 s"), "12:00:00"));

    private static string PortIn(string line) => Number().Matches(line)[^1].Value;

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();

    [GeneratedRegex(@"in \d+\.\d s")]
    private static partial Regex Seconds();

    [GeneratedRegex(@"\d\d:\d\d:\d\d")]
    private static partial Regex Clock();

    // The address of a session in the server's log.
    [GeneratedRegex(@"(?<=#\d+ )127\.0\.0\.1:\d+")]
    private static partial Regex Socket();
}
