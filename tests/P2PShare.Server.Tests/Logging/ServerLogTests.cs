using System.Text;
using System.Text.RegularExpressions;
using P2PShare.Server.Configuration;
using P2PShare.Server.Logging;
using P2PShare.Server.Output;
using P2PShare.Testing;

namespace P2PShare.Server.Tests.Logging;

public sealed class ServerLogTests : IDisposable
{
    private const string Evil = "\u001b[2J\u001b]0;owned\u0007\r2026-01-01 00:00:00.000 [INF] forged\u0085\u2028";

    private readonly TempFolder _folder = new();
    private readonly StringWriter _console = new();

    public void Dispose()
    {
        _folder.Dispose();
        _console.Dispose();
    }

    [Fact]
    public async Task Nothing_that_a_client_sends_forges_a_log_line_or_controls_the_terminal()
    {
        await ServeAsync(verbose: true, async client =>
        {
            await client.AskAsync("PROTO_VERSION 1.0");
            (await client.AskAsync("REGISTER " + Evil)).Should().StartWith("REGISTER_FAIL");
            (await client.AskAsync("REGISTER zero\u200bwidth\u00ad")).Should().Be("REGISTER_OK");
            (await client.AskAsync($"ANNOUNCE {Evil} 1")).Should().StartWith("ANNOUNCE_FAIL");
            (await client.AskAsync("ANNOUNCE soft\u00adhyphen\ue000 1")).Should().Be("ANNOUNCE_OK");
            (await client.AskAsync("REQUEST soft\u00adhyphen\ue000")).Should().StartWith("FOUND");
            (await client.AskAsync("REQUEST " + Evil)).Should().StartWith("ERROR");
            (await client.AskAsync(Evil)).Should().StartWith("ERROR");
            (await client.AskAsync("{Name} {0} %s %n")).Should().StartWith("ERROR");
        });

        var lines = LinesOf(await File.ReadAllTextAsync(_folder.File("server.log")));
        lines.Should().HaveCount(10).And.OnlyContain(line => Regex.IsMatch(
            line,
            @"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \[(DBG|INF|VRB)\] #1 127\.0\.0\.1:\d+ "
            + "(connected|registered|announced|asked|refused|zero)"));
        lines[2].Should().EndWith(@"registered as zero\u{200b}width\u{ad}");
        lines[4].Should().EndWith(@"announced soft\u{ad}hyphen\u{e000} on port 1");
        lines[8].Should().EndWith("refused (unknown command): {Name} {0} %s %n");
        lines[9].Should().EndWith("files withdrawn: 1");
        (await ConsoleLinesAsync(9)).Should().NotContain(
            line => line.Contains("asked for", StringComparison.Ordinal), "single requests are not shown on the console");
    }

    [Fact]
    public async Task Without_verbose_the_console_shows_who_registered_and_who_left()
    {
        await ServeAsync(verbose: false, async client =>
        {
            await client.AskAsync("PROTO_VERSION 1.0");
            await client.AskAsync("REGISTER yiğido");
            await client.AskAsync("ANNOUNCE a 1");
            await client.AskAsync("REQUEST a");
        });

        (await ConsoleLinesAsync(2)).Should().SatisfyRespectively(
            line => line.Should().MatchRegex(@"^\d\d:\d\d:\d\d #1 127\.0\.0\.1:\d+ registered as yiğido$"),
            line => line.Should().MatchRegex(@"^\d\d:\d\d:\d\d #1 127\.0\.0\.1:\d+ yiğido left \(.+\), files withdrawn: 1$"));
        LinesOf(await File.ReadAllTextAsync(_folder.File("server.log"))).Should().HaveCount(4);
    }

    [Fact]
    public void A_log_file_that_cannot_be_written_is_an_error_before_the_server_starts()
    {
        var options = Options(verbose: false) with { Log = _folder.Path };

        FluentActions.Invoking(() => LogFile.Open(options.Log, isJson: false)).Should().Throw<UnauthorizedAccessException>();
    }

    private static List<string> LinesOf(string text)
    {
        text.Should().EndWith("\n");
        text.EnumerateRunes().Should().NotContain(
            rune => rune.Value != '\n' && (Rune.IsControl(rune) || rune.Value == 0x2028 || rune.Value == 0x200B));
        return [.. text[..^1].Split('\n')];
    }

    // Disposing of the log waits for the console only for a moment, which may not be enough on a busy machine.
    private async Task<List<string>> ConsoleLinesAsync(int count)
    {
        await Eventually.True(() => _console.ToString().Count(c => c == '\n') >= count, $"{count} lines on the console");
        var lines = LinesOf(_console.ToString().ReplaceLineEndings("\n"));
        lines.Should().HaveCount(count);
        return lines;
    }

    private ServerOptions Options(bool verbose) => new(0, null, _folder.File("server.log"), verbose, ServerBounds.Default);

    private async Task ServeAsync(bool verbose, Func<ServerClient, Task> converse)
    {
        var options = Options(verbose);
        var file = LogFile.Open(options.Log, isJson: false);
        using var log = ServerLog.Create(options, file, TextWriter.Synchronized(_console), new TextFormat());
        await using var server = await RunningServer.StartAsync(log: log);
        await converse(await server.ConnectAsync());
    }
}
