using System.Text;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Server;
using P2PShare.Server.Configuration;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry;
using P2PShare.Server.Registry.Tables;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Fuzz.Targets;

/// <summary>A session of the server, from its first byte to the registry after its end.</summary>
internal sealed class ServerSessionTarget : IFuzzTarget
{
    private static readonly string Id = new('a', 64);
    private static readonly string OtherId = new('b', 64);

    private static readonly byte[][] Lines = new[]
    {
        "PROTO_VERSION 1.0", "REGISTER yigido", "RESUME 0123456789abcdef0123456789abcdef", "PING", "ANNOUNCE yaz tatili.txt 9001",
        $"SHARE {Id} 1048576 9001 photos/a.jpg", $"SHARE {Id} 1048576 9001 b.jpg", "LIST_FILES", "REQUEST yaz tatili.txt",
        "LOCATE photos/a.jpg",
        $"LOCATE_ID {Id}", "LIST_SHARES photos/", "SEARCH *A*", "SEARCH tatil", "WITHDRAW b.jpg", "REQUEST b.jpg", "LIST_SHARES",
        $"SHARE_PART {OtherId} 1048577 9001", $"SHARE_PART {Id} 1048576 9002", $"LOCATE_PEERS {OtherId}", $"LOCATE_PEERS {Id}",
        $"SHARE_PART {OtherId} 1048577 9002", $"SHARE {OtherId} 1048577 9001 c.jpg", $"WITHDRAW_PART {OtherId}", "WITHDRAW c.jpg",
        $"SHARE_PART {OtherId} 1048577 9001", $"LOCATE_PEERS {OtherId}", "WHOIS 127.0.0.1 9001", "WHOIS 127.0.0.1 9002", "SERVERS",
        "JOIN 0123456789abcdef0123456789abcdef ayse", "CERTIFY MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
    }.Select(Mutator.Line).ToArray();

    public string Name => "server session";

    public async Task RunCaseAsync(Mutator mutator)
    {
        var time = new ManualTimeProvider();
        var registry = new InMemoryFileRegistry(time, ServerBounds.Default);
        var services = new SessionServices(registry, time) { Servers = new OtherServers() };
        using var connection = new ScriptedConnection();
        var session = new Session(1, connection.Near, services, Logger.None).RunAsync(CancellationToken.None);

        var answers = await connection.ExchangeAsync(mutator.Slice(mutator.Conversation(Lines)));
        await session;

        using var left = new FileRows(1);
        registry.ReadPage(FilePosition.Start, left);
        left.Count.MustSatisfy(count => count == 0, "no entry of a session outlives it");
        PeersLeft(registry).MustSatisfy(count => count == 0, "no part of a session outlives it");
        services.Directory.Count.MustSatisfy(count => count == 0, "WHOIS finds no session after its end");
        answers.MustSatisfy(bytes => bytes.All(b => b is (byte)'\n' or >= 0x20 and not 0x7F), "an answer has no control character");
        answers.MustSatisfy(IsInLines, "an answer consists of lines of bounded length");
    }

    private static int PeersLeft(InMemoryFileRegistry registry)
    {
        var found = new FoundPeer[1];
        return new[] { Id, OtherId }.Sum(hex => Parsed(hex) is { } id ? registry.FindPeers(id, found) : 0);
    }

    private static FileId? Parsed(string hex) => FileId.TryParse(Encoding.ASCII.GetBytes(hex), out var id) ? id : null;

    private static bool IsInLines(byte[] answers) => answers.Length == 0
        || (answers[^1] == (byte)'\n' && LongestLine(answers) <= Limits.MaxLineBytes);

    private static int LongestLine(byte[] answers)
    {
        var (longest, start) = (0, 0);
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i] != (byte)'\n')
                continue;
            longest = Math.Max(longest, i - start);
            start = i + 1;
        }

        return longest;
    }

    private sealed class OtherServers : IServerList
    {
        private static readonly byte[] Row = Encoding.ASCII.GetBytes($"SERVER 192.0.2.2:8080 {Id}");

        public IReadOnlyList<ServerRow> Others { get; } = ServerRow.TryParse(Row, out var row) ? [row] : [];
    }
}
