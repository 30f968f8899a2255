using System.Net;
using System.Text;
using P2PShare.Networking;
using P2PShare.Peer.Index;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using P2PShare.Testing.Peers;
using Serilog.Core;

namespace P2PShare.Peer.Tests.Index;

/// <summary>A server whose connection ends after each possible number of bytes of its replies.</summary>
public sealed class CutServerTests
{
    private const string Id = "de208334b2d386b0f38c8f3123c149ace9cba507cbe33a89dd28958efb98ee4f";
    private const string Row = $"{Id} 8 10.0.0.1 9001 a\n";

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Replies =
    [
        "VERSION_OK SWARM SEARCH PING RESUME PARTS WHOIS SERVERS\n",
        "REGISTER_OK\n",
        "RESUME_OK\n",
        "SHARE_OK\n",
        Row + Row + "LOCATE_END\n",
        Row + "LOCATE_END\n",
        Row + Row + "LIST_SHARES_END\n",
        "a 10.0.0.1 9001\nLIST_END\n",
        $"{Id} 8 2 a\nSEARCH_END\n",
        "FOUND 10.0.0.1 9001\n",
        "WITHDRAW_OK\n",
        "SHARE_PART_OK\n",
        "WHOLE 10.0.0.1 9001\nPART 10.0.0.2 9001\nLOCATE_PEERS_END\n",
        "WITHDRAW_PART_OK\n",
        "PEER - ayse\nWHOIS_END\n",
        $"SERVER 10.0.0.2:8080 {Id}\nSERVER [2001:db8::3]:8080 -\nSERVERS_END\n",
        "PONG\n",
    ];

    // The replies that opening a connection takes.
    private const int OpeningReplies = 3;

    private static readonly int Length = string.Concat(Replies).Length;

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Replies_before_the_cut_are_complete_and_the_next_command_says_that_the_server_is_unavailable(bool resets)
    {
        for (var cut = 0; cut <= Length; cut++)
        {
            await using var server = new CuttingPeer(Answer, cut, resets);
            var whole = 0;
            var conversing = ConverseAsync(server, () => whole++);
            await PassTimeAsync(conversing);

            var replies = RepliesIn(cut);
            var end = await Record.ExceptionAsync(() => conversing);
            if (replies < OpeningReplies)
                end.Should().BeAssignableTo<IOException>($"of the cut after {cut} bytes");
            else if (replies < Replies.Length)
                end.Should().BeOfType<ServerUnavailableException>($"of the cut after {cut} bytes");
            else if (!resets)
                end.Should().BeNull("nothing was cut off");
            if (!resets)
                whole.Should().Be(replies < OpeningReplies ? 0 : replies, $"of the cut after {cut} bytes");
        }
    }

    [Fact]
    public async Task Client_reconnects_after_a_cut_at_any_byte_and_gets_its_reply()
    {
        for (var cut = 1; cut <= Length; cut++)
        {
            await using var cutting = new CuttingPeer(Answer, cut);
            await using var honest = new CuttingPeer(Answer, long.MaxValue);
            await using var client = new IndexClient(
                cancellation => OpenAsync(cutting.Connections == 0 ? cutting : honest, cancellation), _time, new Random(cut), Logger.None);
            try
            {
                await client.ConnectAsync(default);
            }
            catch (IOException)
            {
                RepliesIn(cut).Should().BeLessThan(OpeningReplies, "it was not connected before that");
                continue;
            }

            var asking = RetryUntilAnsweredAsync(() => client.LocateAsync(ScriptedServer.File("a"), default));
            await PassTimeAsync(asking);

            (await asking).Should().HaveCount(2, $"of the cut after {cut} bytes");
        }
    }

    private static async Task<T> RetryUntilAnsweredAsync<T>(Func<Task<T>> ask)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (ServerUnavailableException)
            {
                // Retry until the client has reconnected.
                await Task.Yield();
            }
        }
    }

    // How many whole replies fit into so many bytes.
    private static int RepliesIn(int bytes)
    {
        var (replies, end) = (0, 0);
        foreach (var reply in Replies)
        {
            end += reply.Length;
            if (end > bytes)
                break;
            replies++;
        }

        return replies;
    }

    private async Task ConverseAsync(CuttingPeer server, Action isWhole)
    {
        await using var index = await OpenAsync(server, default);
        for (var answer = 0; answer < OpeningReplies; answer++)
            isWhole();
        (await index.ShareAsync([new Share(FileIdentity.OfEmptyFile, 9001, ScriptedServer.File("a"))], default)).Should().Equal([null]);
        isWhole();
        (await index.LocateAsync(ScriptedServer.File("a"), default)).Should().HaveCount(2);
        isWhole();
        FileId.TryParse(Encoding.ASCII.GetBytes(Id), out var id).Should().BeTrue();
        (await index.LocateAsync(id, default)).Should().HaveCount(1);
        isWhole();
        var rows = 0;
        await index.ListSharesAsync(default, _ => rows++, default);
        isWhole();
        await index.ListFilesAsync(_ => rows++, default);
        isWhole();
        await index.SearchAsync("a"u8.ToArray(), _ => rows++, default);
        rows.Should().Be(4);
        isWhole();
        (await index.RequestAsync(ScriptedServer.File("a"), default)).Should().NotBeNull();
        isWhole();
        (await index.WithdrawAsync(ScriptedServer.File("a"), default)).Should().BeTrue();
        isWhole();
        await ConverseAboutPartsAsync(index, isWhole);
        (await index.WhoisAsync(PeerAddress.Create(IPAddress.Loopback, 9001), default)).Should().HaveCount(1);
        isWhole();
        (await index.ServersAsync(default)).Should().HaveCount(2);
        isWhole();
        await index.PingAsync(default);
        isWhole();
    }

    private static async Task ConverseAboutPartsAsync(IndexConnection index, Action isWhole)
    {
        (await index.SharePartsAsync([new SharePart(FileIdentity.OfEmptyFile, 9001)], default)).Should().Equal([null]);
        isWhole();
        (await index.LocatePeersAsync(FileIdentity.OfEmptyFile.Id, default)).Should().HaveCount(2);
        isWhole();
        (await index.WithdrawPartAsync(FileIdentity.OfEmptyFile.Id, default)).Should().BeTrue();
        isWhole();
    }

    private Task<IndexConnection> OpenAsync(CuttingPeer server, CancellationToken cancellation) => IndexConnection.OpenAsync(
        (to, _) =>
        {
            var pair = server.Connect();
            return Task.FromResult<Connection>(new StreamConnection(pair.Near, (IPEndPoint)to, pair.Reset));
        },
        new IPEndPoint(IPAddress.Loopback, 8080),
        ScriptedServer.User,
        SessionToken.Create(),
        _time,
        cancellation);

    // In steps that are shorter than every timeout.
    private Task PassTimeAsync(Task work) => _time.AdvanceUntilEndedAsync(work, () => Step);

    private static ReadOnlyMemory<byte> Answer(string line) => Encoding.UTF8.GetBytes(line.Split(' ')[0] switch
    {
        "PROTO_VERSION" => Replies[0],
        "REGISTER" => Replies[1],
        "RESUME" => Replies[2],
        "SHARE" => Replies[3],
        "LOCATE" => Replies[4],
        "LOCATE_ID" => Replies[5],
        "LIST_SHARES" => Replies[6],
        "LIST_FILES" => Replies[7],
        "SEARCH" => Replies[8],
        "REQUEST" => Replies[9],
        "WITHDRAW" => Replies[10],
        "SHARE_PART" => Replies[11],
        "LOCATE_PEERS" => Replies[12],
        "WITHDRAW_PART" => Replies[13],
        "WHOIS" => Replies[14],
        "SERVERS" => Replies[15],
        _ => Replies[16],
    });
}
