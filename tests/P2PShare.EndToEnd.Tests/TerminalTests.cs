using P2PShare.Client.Cli.Display;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

/// <summary>The client in a pseudo-terminal: keys are pressed, and the screen is read as a terminal shows it.</summary>
public sealed class TerminalTests : IAsyncLifetime
{
    private const string Up = "\x1b[A";
    private const string Left = "\x1b[D";
    private const string ControlA = "\x01";
    private const string ControlU = "\x15";

    private readonly TempFolder _home = new();
    private RunningServer _server = null!;

    public async Task InitializeAsync() => _server = await RunningServer.StartAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Line_is_edited_and_its_history_lasts_to_the_next_run()
    {
        _home.Write("yaz tatili.txt", "merhaba\n"u8);
        await using (var first = await StartAsync())
        {
            await first.TypeAsync("OUNCE yaz tatili.txt" + ControlA + "ANNX" + "\x7f");
            await ExpectLastRowAsync(first, "> ANNOUNCE yaz tatili.txt");
            await first.SendLineAsync("");
            await ExpectRowAsync(first, row => row.StartsWith("Announced yaz tatili.txt: 8 B, id ", StringComparison.Ordinal));
            await LeaveAsync(first);
        }

        await using var second = await StartAsync();
        await second.TypeAsync(Up + Up);
        await ExpectLastRowAsync(second, "> ANNOUNCE yaz tatili.txt");
        await second.TypeAsync(ControlU);
        await ExpectLastRowAsync(second, ">");
        await LeaveAsync(second);
    }

    [Fact]
    public async Task Tab_completes_commands_local_paths_shared_names_and_names_that_the_server_knows()
    {
        _home.Write("photos/yaz 1.jpg", "1"u8);
        await using var terminal = await StartAsync();

        await terminal.TypeAsync("ann\t");
        await ExpectLastRowAsync(terminal, "> ANNOUNCE");
        await terminal.TypeAsync("pho\tya\t");
        await ExpectLastRowAsync(terminal, "> ANNOUNCE photos/yaz 1.jpg");
        await terminal.SendLineAsync("");
        await ExpectRowAsync(terminal, row => row.StartsWith("Announced ", StringComparison.Ordinal));
        await terminal.TypeAsync("REQUEST y\t");
        await ExpectLastRowAsync(terminal, "> REQUEST yaz 1.jpg");
        await terminal.TypeAsync(ControlU + "withdraw y\t");
        await ExpectLastRowAsync(terminal, "> withdraw yaz 1.jpg");
        await terminal.SendLineAsync("");
        await ExpectRowAsync(terminal, row => row == "Withdrew yaz 1.jpg.");
        await LeaveAsync(terminal);
    }

    [Fact]
    public async Task Control_C_clears_a_typed_line_and_leaves_only_when_pressed_twice_in_an_empty_one()
    {
        await using var terminal = await StartAsync();

        await terminal.TypeAsync("REQUEST half");
        await ExpectLastRowAsync(terminal, "> REQUEST half");
        await terminal.PressControlCAsync();
        await ExpectRowAsync(terminal, row => row == "> REQUEST half^C");
        await ExpectLastRowAsync(terminal, ">");
        await terminal.PressControlCAsync();
        await ExpectRowAsync(terminal, row => row == "EXIT, Ctrl+D or a second Ctrl+C leaves.");
        await ExpectLastRowAsync(terminal, ">");
        await terminal.PressControlCAsync();

        (await terminal.WaitForExitAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Notice_leaves_the_typed_text_whole_however_many_rows_it_takes()
    {
        var typed = "REQUEST " + new string('x', 150);
        await using var server = await RunningServer.StartAsync();
        await using var terminal = await StartAsync(server);
        await terminal.TypeAsync(typed);
        await ExpectLastRowAsync(terminal, ("> " + typed)[120..]);
        await terminal.TypeAsync(Left);

        server.Process.Kill();

        await ExpectRowAsync(terminal, row => row.StartsWith("The connection to the server is lost;", StringComparison.Ordinal));
        await Eventually.True(() => string.Concat(RowsOf(terminal).TakeLast(2)) == "> " + typed, "the typed text");
        await terminal.PressControlCAsync();
        await ExpectLastRowAsync(terminal, ">");
        await LeaveAsync(terminal);
    }

    [Fact]
    public async Task Pasted_text_is_typed_whole()
    {
        var pasted = string.Concat(Enumerable.Range(0, 40).Select(number => $"{number:000} ğüş文 "));
        await using var terminal = await StartAsync();

        await terminal.TypeAsync($"SEARCH \x1b[200~{pasted.Replace(' ', '\t')}\x1b[201~");

        await Eventually.True(
            () => string.Concat(RowsOf(terminal)).EndsWith(pasted.TrimEnd(), StringComparison.Ordinal), "the pasted text");
        await terminal.PressControlCAsync();
        await ExpectLastRowAsync(terminal, ">");
        await LeaveAsync(terminal);
    }

    [Fact]
    public async Task Long_list_is_shown_a_page_at_a_time()
    {
        for (var file = 1; file <= 60; file++)
            _home.Write($"many/f{file}", "1"u8);
        await using var terminal = await StartAsync();
        await terminal.SendLineAsync("ANNOUNCE many");
        await ExpectRowAsync(terminal, row => row.StartsWith("Announced 60 files", StringComparison.Ordinal));

        await terminal.SendLineAsync("LIST_FILES");
        await ExpectLastRowAsync(terminal, "-- 22 more lines: space, enter or q --");
        RowsOf(terminal).Should().Contain(row => row.StartsWith("many/f9 ", StringComparison.Ordinal))
            .And.NotContain(row => row.StartsWith("many/f60 ", StringComparison.Ordinal), "f10 comes after f9");
        await terminal.TypeAsync(" ");
        await ExpectRowAsync(terminal, row => row == "60 files");

        await terminal.SendLineAsync("LIST_FILES f1");
        await ExpectRowAsync(terminal, row => row == "11 files");
        await LeaveAsync(terminal);
    }

    [Fact]
    public async Task Dumb_terminal_is_read_line_by_line()
    {
        await using var terminal = await StartAsync(("TERM", "dumb"));

        await terminal.SendLineAsync("SHARED");
        await terminal.WaitForLineAsync("0 files");
        await terminal.SendLineAsync("EXIT");

        (await terminal.WaitForExitAsync()).Should().Be(0);
    }

    private Task<TerminalProcess> StartAsync(params (string Name, string Value)[] variables) => StartAsync(_server, variables);

    private async Task<TerminalProcess> StartAsync(RunningServer server, params (string Name, string Value)[] variables)
    {
        var environment = RunningClient.EnvironmentIn(_home);
        foreach (var (name, value) in variables)
            environment[name] = value;
        var terminal = TerminalProcess.Start(
            Programs.Client, ["yigido", "127.0.0.1", $"{server.Port}", "0"], _home.Path, environment);
        await terminal.WaitForTextAsync("HELP lists the commands.");
        await terminal.WaitForTextAsync("> ");
        return terminal;
    }

    private static async Task LeaveAsync(TerminalProcess terminal)
    {
        await terminal.SendLineAsync("EXIT");
        (await terminal.WaitForExitAsync()).Should().Be(0);
    }

    private static Task ExpectLastRowAsync(TerminalProcess terminal, string expected) =>
        Eventually.True(() => RowsOf(terminal) is [.., var last] && last == expected, $"the last row \"{expected}\"");

    private static Task ExpectRowAsync(TerminalProcess terminal, Func<string, bool> isExpected) =>
        Eventually.True(() => RowsOf(terminal).Any(isExpected), "the row");

    private static IReadOnlyList<string> RowsOf(TerminalProcess terminal)
    {
        var shown = new VirtualTerminal(120, 40, TextTable.WidthOf);
        shown.Write(terminal.Screen.Raw);
        return shown.Rows;
    }
}
