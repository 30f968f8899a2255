namespace P2PShare.Server.Tests;

/// <summary>The conversations of PROTOCOL.md, section 9, replayed with a real server exactly as they are written there.</summary>
public sealed class RecordedConversationTests
{
    // Of the conversation with a server that names SERVERS.
    private static readonly FixedServers Cluster = new(
        "SERVER server-3.example.org:8080 -", "SERVER 192.0.2.2:8080 c4f2a9d01b7e3386950f2e6d8a41b7c03d5e9f1286a7b4c0d3e2f1a09b8c7d6e");

    public static TheoryData<int> Conversations => [.. Enumerable.Range(0, Read().Count)];

    [Fact]
    public void A_conversation_is_recorded_for_version_1_0_and_one_for_its_features() => Read().Should().HaveCountGreaterThanOrEqualTo(2);

    [Theory]
    [MemberData(nameof(Conversations))]
    public async Task Each_line_is_answered_as_recorded(int number)
    {
        var lines = Read()[number];
        await using var server = await StartAsync(lines);
        await using var client = await server.ConnectAsync();
        foreach (var line in lines)
        {
            if (line.StartsWith("C: ", StringComparison.Ordinal))
                await client.SendAsync(line[3..] + "\n");
            else
                (await client.ReadAsync()).Should().Be(line[3..]);
        }

        (await client.AskAsync("PING")).Should().Be("PONG", "nothing was answered beyond what is recorded");
    }

    [Theory]
    [MemberData(nameof(Conversations))]
    public async Task All_lines_in_one_send_are_answered_as_recorded_and_in_order(int number)
    {
        var lines = Read()[number];
        await using var server = await StartAsync(lines);
        await using var client = await server.ConnectAsync();

        await client.SendAsync(string.Concat(Side(lines, "C: ").Select(line => line + "\n")) + "PING\n");

        foreach (var reply in Side(lines, "S: "))
            (await client.ReadAsync()).Should().Be(reply);
        (await client.ReadAsync()).Should().Be("PONG");
    }

    private static Task<RunningServer> StartAsync(List<string> lines) =>
        RunningServer.StartAsync(servers: lines.Any(IsOfCluster) ? Cluster : null);

    private static bool IsOfCluster(string line) =>
        line.StartsWith("S: VERSION_OK ", StringComparison.Ordinal) && line.EndsWith(" SERVERS", StringComparison.Ordinal);

    private static IEnumerable<string> Side(List<string> lines, string side) =>
        lines.Where(line => line.StartsWith(side, StringComparison.Ordinal)).Select(line => line[side.Length..]);

    private static List<List<string>> Read()
    {
        using var document = new StreamReader(typeof(RecordedConversationTests).Assembly.GetManifestResourceStream("PROTOCOL.md")!);
        var (conversations, inside) = (new List<List<string>>(), false);
        while (document.ReadLine() is { } line)
        {
            if (line == "```conversation")
            {
                conversations.Add([]);
                inside = true;
            }
            else if (line == "```")
            {
                inside = false;
            }
            else if (inside)
            {
                line[..3].Should().BeOneOf("C: ", "S: ");
                conversations[^1].Add(line);
            }
        }

        return conversations;
    }
}
