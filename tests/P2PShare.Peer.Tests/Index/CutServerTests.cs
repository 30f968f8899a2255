using System.Net;
using System.Text;
using P2PShare.Networking;
using P2PShare.Peer.Index;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using P2PShare.Testing.Peers;
using Serilog.Core;

namespace P2PShare.Peer.Tests.Index;

/// <summary>A server whose connection closes at each byte of its answers in turn.</summary>
public sealed class CutServerTests
{
    private const string Id = "de208334b2d386b0f38c8f3123c149ace9cba507cbe33a89dd28958efb98ee4f";
    private const string Row = $"{Id} 8 10.0.0.1 9001 a\n";

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Whole =
    [
        "VERSION_OK SWARM SEARCH PING RESUME\n", "REGISTER_OK\n", "RESUME_OK\n", "SHARE_OK\n", Row + Row + "LOCATE_END\n", Row + "LOCATE_END\n",
        Row + Row + "LIST_SHARES_END\n", "a 10.0.0.1 9001\nLIST_END\n", $"{Id} 8 2 a\nSEARCH_END\n", "FOUND 10.0.0.1 9001\n", "WITHDRAW_OK\n", "PONG\n",
    ];

    // The answers without which there is no connection.
    private const int Opening = 3;

    private static readonly int Length = string.Concat(Whole).Length;

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_byte_it_ends_at_each_answer_before_is_whole_and_the_next_command_says_that_the_server_is_away(bool resets)
    {
        for (var cut = 0; cut <= Length; cut++)
        {
            await using var server = new CuttingPeer(Answer, cut, resets);
            var whole = 0;
            var conversing = ConverseAsync(server, () => whole++);
            await PassTimeAsync(conversing);

            var answers = AnswersIn(cut);
            var end = await Record.ExceptionAsync(() => conversing);
            if (answers < Opening)
                end.Should().BeAssignableTo<IOException>($"of the cut after {cut} bytes");
            else if (answers < Whole.Length)
                end.Should().BeOfType<ServerAwayException>($"of the cut after {cut} bytes");
            else if (!resets)
                end.Should().BeNull("nothing was cut off");
            if (!resets)
                whole.Should().Be(answers < Opening ? 0 : answers, $"of the cut after {cut} bytes");
        }
    }

    [Fact]
    public async Task A_client_whose_server_is_cut_at_any_byte_comes_back_to_it_and_is_answered()
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
                AnswersIn(cut).Should().BeLessThan(Opening, "it was not connected before that");
                continue;
            }

            var asking = UntilAnsweredAsync(() => client.LocateAsync(PlayedServer.File("a"), default));
            await PassTimeAsync(asking);

            (await asking).Should().HaveCount(2, $"of the cut after {cut} bytes");
        }
    }

    private static async Task<T> UntilAnsweredAsync<T>(Func<Task<T>> ask)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (ServerAwayException)
            {
                // As often as the server is away; it comes back.
                await Task.Yield();
            }
        }
    }

    // The whole answers that fit into so many bytes.
    private static int AnswersIn(int bytes)
    {
        var answers = 0;
        for (var end = 0; answers < Whole.Length && (end += Whole[answers].Length) <= bytes;)
            answers++;
        return answers;
    }

    private async Task ConverseAsync(CuttingPeer server, Action isWhole)
    {
        await using var index = await OpenAsync(server, default);
        for (var answer = 0; answer < Opening; answer++)
            isWhole();
        (await index.ShareAsync([new Share(FileIdentity.OfEmptyFile, 9001, PlayedServer.File("a"))], default)).Should().Equal([null]);
        isWhole();
        (await index.LocateAsync(PlayedServer.File("a"), default)).Should().HaveCount(2);
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
        (await index.RequestAsync(PlayedServer.File("a"), default)).Should().NotBeNull();
        isWhole();
        (await index.WithdrawAsync(PlayedServer.File("a"), default)).Should().BeTrue();
        isWhole();
        await index.PingAsync(default);
        isWhole();
    }

    private Task<IndexConnection> OpenAsync(CuttingPeer server, CancellationToken cancellation) => IndexConnection.OpenAsync(
        (to, _) =>
        {
            var pair = server.Connect();
            return Task.FromResult<Connection>(new StreamConnection(pair.Near, (IPEndPoint)to, pair.Reset));
        },
        new IPEndPoint(IPAddress.Loopback, 8080),
        PlayedServer.User,
        SessionToken.Create(),
        _time,
        cancellation);

    // So slowly that no wait for an answer that comes is over before it.
    private Task PassTimeAsync(Task work) => _time.AdvanceUntilEndedAsync(work, () => Step);

    private static ReadOnlyMemory<byte> Answer(string line) => Encoding.UTF8.GetBytes(line.Split(' ')[0] switch
    {
        "PROTO_VERSION" => Whole[0],
        "REGISTER" => Whole[1],
        "RESUME" => Whole[2],
        "SHARE" => Whole[3],
        "LOCATE" => Whole[4],
        "LOCATE_ID" => Whole[5],
        "LIST_SHARES" => Whole[6],
        "LIST_FILES" => Whole[7],
        "SEARCH" => Whole[8],
        "REQUEST" => Whole[9],
        "WITHDRAW" => Whole[10],
        _ => Whole[11],
    });
}
