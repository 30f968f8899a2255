using System.Net;
using P2PShare.Peer.Index;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Fuzz.Targets;

/// <summary>
/// A client that reads the answers of a server: each command ends, with an answer or an IOException, and stays within its bounds.
/// </summary>
internal sealed class ServerAnswersTarget : IFuzzTarget
{
    private static readonly string Id = new('a', 64);

    private static readonly byte[][] Answers = new[]
    {
        "VERSION_OK SWARM SEARCH PING RESUME PARTS WHOIS MEMBERS SERVERS", "REGISTER_OK", "RESUME_OK", "SHARE_OK",
        "SHARE_FAIL too many files",
        "WITHDRAW_OK", "FOUND 127.0.0.1 9001", "a 127.0.0.1 9001", "yaz tatili.txt ::1 9002", "LIST_END", $"{Id} 5 127.0.0.1 9001 a",
        "- - 127.0.0.1 9001 b",
        "LOCATE_END", $"{Id} 5 127.0.0.1 9001 photos/a", "LIST_SHARES_END", $"{Id} 5 3 a", "SEARCH_END MORE", "PONG",
        "SHARE_PART_OK", "SHARE_PART_FAIL the server is full", "WHOLE 127.0.0.1 9001", "PART ::1 9002", "LOCATE_PEERS_END",
        "WITHDRAW_PART_OK", "PEER - yigido", $"PEER {Id} ali veli", "WHOIS_END", $"SERVER 192.0.2.1:8080 {Id}",
        "SERVER [2001:db8::1]:8080 -", "SERVER s-1.example.org:8080 -", "SERVERS_END", "CERTIFICATE 1772366400 MIIB MIIC",
    }.Select(Mutator.Line).ToArray();

    public string Name => "answers of a server";

    public async Task RunCaseAsync(Mutator mutator)
    {
        using var connection = new ScriptedConnection();
        var exchange = connection.ExchangeAsync(mutator.Slice(mutator.Conversation(Answers)));
        try
        {
            await ConverseAsync(connection);
        }
        catch (IOException)
        {
            // An invalid answer ends the connection.
        }

        await connection.Near.Stream.DisposeAsync();
        await exchange;
    }

    private static async Task ConverseAsync(ScriptedConnection connection)
    {
        var (user, name) = (Parsed("yigido"), Named("a"));
        var isId = FileId.TryParse(System.Text.Encoding.ASCII.GetBytes(Id), out var id);
        var isIdentity = FileIdentity.TryCreate(id, 5, out var identity);
        isIdentity.MustSatisfy(parsed => parsed && isId, "the id is valid");
        await using var index = await IndexConnection.OpenAsync(
            (_, _) => Task.FromResult(connection.Near),
            new IPEndPoint(IPAddress.Loopback, 8080),
            user,
            SessionToken.Create(),
            new ManualTimeProvider(),
            CancellationToken.None);
        if (!index.Features.HasFlag(Features.Swarm))
            return;
        await index.ShareAsync([new Share(identity, 9001, name), new Share(identity, 9001, Named("b"))], CancellationToken.None);
        await index.WithdrawAsync(name, CancellationToken.None);
        await index.RequestAsync(name, CancellationToken.None);
        await index.ListFilesAsync(_ => { }, CancellationToken.None);
        await index.LocateAsync(name, CancellationToken.None);
        await index.ListSharesAsync(default, _ => { }, CancellationToken.None);
        await index.SearchAsync("a"u8.ToArray(), _ => { }, CancellationToken.None);
        await index.PingAsync(CancellationToken.None);
        await index.SharePartsAsync([new SharePart(identity, 9001), new SharePart(identity, 9002)], CancellationToken.None);
        var peers = await index.LocatePeersAsync(id, CancellationToken.None);
        peers.Count.MustSatisfy(count => count <= Limits.MaxLocatedOwners, "no more peers than a server may name");
        await index.WithdrawPartAsync(id, CancellationToken.None);
        var users = await index.WhoisAsync(PeerAddress.Create(IPAddress.Loopback, 9001), CancellationToken.None);
        users.Count.MustSatisfy(count => count <= Limits.MaxWhoisRows, "no more users than a server may name");
        var servers = await index.ServersAsync(CancellationToken.None);
        servers.Count.MustSatisfy(count => count <= Limits.MaxServerRows, "no more servers than a server may name");
        servers.MustSatisfy(rows => rows.All(IsWrittenAsRead), "a server's address has one form");
        if (await index.CertifyAsync("key"u8.ToArray(), CancellationToken.None) is { } reply)
        {
            Math.Max(reply.Member.Length, reply.Issuer.Length).MustSatisfy(
                bytes => bytes <= CertificateReply.MaxCertificateBytes, "certificates are bounded");
        }
    }

    private static bool IsWrittenAsRead(ServerRow row) =>
        HostAndPort.TryParse(System.Text.Encoding.ASCII.GetBytes(row.Server.ToString()), out var again) && again == row.Server;

    private static UserName Parsed(string text) =>
        UserName.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var user, out _) ? user : default;

    private static FileName Named(string text) => FileName.TryParse(text, out var name, out _) ? name : default;
}
