using System.Text;
using P2PShare.EndToEnd.Tests.Running;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

/// <summary>Servers that send wrong answers to the published client: each is reported in one line, and the next command runs.</summary>
public sealed class LyingServerTests : IDisposable
{
    private const string Id = "de208334b2d386b0f38c8f3123c149ace9cba507cbe33a89dd28958efb98ee4f";
    private const long MaxResidentBytes = 600L * 1024 * 1024;
    private const int RowsPerWrite = 500;

    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("SWARM", "LIST_FILES", "LIST_SHARES", "{0} 8 10.0.0.1 9001 {1}", "LIST_FILES failed: the server's list has no end")]
    [InlineData(
        "SWARM", "REQUEST photos/", "LIST_SHARES", "{0} 8 10.0.0.1 9001 photos/{1}", "REQUEST failed: the server's list has no end")]
    [InlineData("SWARM", "REQUEST a", "LOCATE", "{0} 8 10.0.0.1 9001 {1}", "REQUEST failed: the server's list has no end")]
    [InlineData("SWARM SEARCH", "SEARCH a", "SEARCH", "{0} 8 1 {1}", "SEARCH failed: the server's list has no end")]
    public async Task A_list_without_an_end_is_aborted_in_bounded_memory(
        string features, string command, string asked, string row, string complaint)
    {
        var rows = Rows(row);
        await using var server = Server(features, (verb, session) => verb == asked && session == 1 ? Endlessly(rows) : null);
        await using var client = await StartAsync(server);

        await client.SendLineAsync(command);
        var said = client.Errors.WaitForLineAsync(complaint, TimeSpan.FromMinutes(5));
        var most = await MostResidentAsync(client, said);

        await said;
        await client.WaitForLineAsync("is back");
        await NextCommandSucceedsAsync(client);
        client.Errors.Lines.Should().ContainSingle();
        most.Should().BeLessThan(MaxResidentBytes);
    }

    private static IEnumerable<byte[]> Endlessly(byte[] rows)
    {
        while (true)
            yield return rows;
    }

    // Short rows, because the client aborts after ten million. A client that kept them all would need more than a gigabyte.
    private static byte[] Rows(string row)
    {
        var rows = new StringBuilder();
        for (var n = 0; n < RowsPerWrite; n++)
            rows.AppendFormat(null, row, Id, $"{n:D6}/holiday.jpg").Append('\n');
        return Encoding.UTF8.GetBytes(rows.ToString());
    }

    private static async Task<long> MostResidentAsync(ProgramProcess client, Task until)
    {
        var most = 0L;
        await Eventually.True(() =>
        {
            most = Math.Max(most, ProcessMetrics.ResidentBytes(client.Id));
            return until.IsCompleted;
        }, "the client to abort", TimeSpan.FromMinutes(6));
        return most;
    }

    [Theory]
    [InlineData("SWARM", "LIST_FILES", "LIST_SHARES", "LIST_FILES failed: ")]
    [InlineData("", "LIST_FILES", "LIST_FILES", "LIST_FILES failed: ")]
    [InlineData("", "REQUEST a", "REQUEST", "REQUEST failed: ")]
    public async Task A_line_without_an_end_is_reported_in_one_line_and_the_client_reconnects(
        string features, string command, string asked, string complaint)
    {
        await using var server = Server(
            features, (verb, session) => verb == asked && session == 1 ? Endlessly(new byte[1024 * 1024]) : null);
        await using var client = await StartAsync(server);

        await client.SendLineAsync(command);
        await client.Errors.WaitForLineAsync(complaint);
        await client.WaitForLineAsync("is back");

        await NextCommandSucceedsAsync(client);
        client.Errors.Lines.Should().ContainSingle();
    }

    [Theory]
    [InlineData("FOUND 255.255.255.255 9001")]
    [InlineData("FOUND 0.0.0.0 9001")]
    [InlineData("FOUND 224.0.0.1 9001")]
    [InlineData("FOUND :: 9001")]
    [InlineData("FOUND 10.0.0.1 0")]
    [InlineData("FOUND 10.0.0.1 65536")]
    [InlineData("FOUND 10.0.0.1 9223372036854775808")]
    [InlineData("FOUND")]
    public async Task An_impossible_owner_in_FOUND_is_reported_in_one_line(string found)
    {
        await using var server = Server("", (verb, _) => verb == "REQUEST" ? [Encoding.UTF8.GetBytes(found + "\n")] : null);
        await using var client = await StartAsync(server);

        await client.SendLineAsync("REQUEST a");
        await client.Errors.WaitForLineAsync("REQUEST failed: the server named an owner that nobody can be", TimeSpan.FromSeconds(10));

        await NextCommandSucceedsAsync(client);
        client.Errors.Lines.Should().ContainSingle();
    }

    [Theory]
    [InlineData("255.255.255.255 9001", "8")]
    [InlineData("0.0.0.0 9001", "8")]
    [InlineData("127.0.0.1 {0}", "8")]
    [InlineData("10.0.0.1 9001", "-8")]
    [InlineData("10.0.0.1 9001", "9223372036854775807")]
    [InlineData("10.0.0.1 9001", "9223372036854775808")]
    [InlineData("10.0.0.1 9001", "18446744073709551624")]
    public Task Impossible_owners_and_the_requester_itself_are_ignored_in_LOCATE(string owner, string size) => FindsNoOwnerAsync(
        "SWARM", "LOCATE", port => $"{Id} {size} {string.Format(null, owner, port)} a\nLOCATE_END\n");

    [Fact]
    public Task The_requester_itself_is_ignored_in_FOUND() => FindsNoOwnerAsync(
        "", "REQUEST", port => $"FOUND 127.0.0.1 {port}\n");

    private async Task FindsNoOwnerAsync(string features, string asked, Func<string, string> answer)
    {
        var port = "";
        await using var server = Server(features, (verb, _) => verb == asked ? [Encoding.UTF8.GetBytes(answer(port))] : null);
        await using var client = RunningClient.Launch(_home, "yigido", "127.0.0.1", $"{server.Port}", "0");
        var connected = await client.WaitForLineAsync("Connected");
        port = connected[(connected.LastIndexOf(' ') + 1)..].TrimEnd('.');

        await client.SendLineAsync("REQUEST a");
        await client.Errors.WaitForLineAsync("Nobody else shares a.");

        await NextCommandSucceedsAsync(client);
        client.Errors.Lines.Should().ContainSingle();
        Directory.Exists(_home.File("downloads")).Should().BeFalse("nothing was saved");
    }

    [Fact]
    public async Task Characters_that_move_a_cursor_or_reorder_text_do_not_reach_the_output()
    {
        var marks = "a" + string.Concat(Enumerable.Repeat("\u0301", 127));
        string[] names =
        [
            "escape\u001b[2J", "return\rgone", "bell\u0007", "gpj\u202eexe", "isolate\u2066x", "nel\u0085x", "csi\u009b2J", "del\u007f",
            "separator\u2028x",
            string.Join('/', Enumerable.Repeat(marks, 4)), "soft\u00adhyphen", "tag\U000e0041", "private\ue000", "good.txt",
        ];
        var rows = string.Concat(names.Select(name => $"{Id} 8 10.0.0.1 9001 {name}\n"));
        var answer = Encoding.UTF8.GetBytes(rows + "LIST_SHARES_END\n");
        await using var server = Server("SWARM", (verb, session) => verb == "LIST_SHARES" && session == 1 ? [answer] : null);
        await using var client = await StartAsync(server);

        await client.SendLineAsync("LIST_FILES");
        await client.WaitForLineAsync("good.txt");
        await client.WaitForLineAsync(" files");

        client.Errors.Text.Should().BeEmpty();
        client.Output.Raw.Should().NotMatchRegex("[\\p{Cc}-[\\n]]")
            .And.NotMatchRegex("[\\p{Cf}\\p{Zl}\\p{Zp}\\p{Co}]")
            .And.NotMatchRegex("\\p{Mn}{6}");
    }

    // A server that answers correctly where the lie returns null. The lie gets the number of the session, so that it can affect only one.
    private static ScriptedListener Server(string features, Func<string, int, IEnumerable<byte[]>?> lie)
    {
        var session = 0;
        return new ScriptedListener(line =>
        {
            var verb = line.TrimEnd('\n').Split(' ')[0];
            if (verb == "PROTO_VERSION")
                session++;
            return lie(verb, session) ?? [Encoding.UTF8.GetBytes(Honest(verb, features))];
        }, closesAfterAnswer: false);
    }

    private static string Honest(string verb, string features) => verb switch
    {
        "PROTO_VERSION" => $"VERSION_OK {features}".TrimEnd() + "\n",
        "REGISTER" => "REGISTER_OK\n",
        "LIST_FILES" => "LIST_END\n",
        "LIST_SHARES" => "LIST_SHARES_END\n",
        "LOCATE" or "LOCATE_ID" => "LOCATE_END\n",
        "SEARCH" => "SEARCH_END\n",
        "REQUEST" => "NOT_FOUND\n",
        _ => "ERROR unknown command\n",
    };

    private async Task<ProgramProcess> StartAsync(ScriptedListener server)
    {
        var client = RunningClient.Launch(_home, "yigido", "127.0.0.1", $"{server.Port}", "0");
        await client.WaitForLineAsync("Connected");
        return client;
    }

    private static async Task NextCommandSucceedsAsync(ProgramProcess client)
    {
        await client.SendLineAsync("LIST_FILES");
        await client.WaitForLineAsync("0 files");
    }
}
