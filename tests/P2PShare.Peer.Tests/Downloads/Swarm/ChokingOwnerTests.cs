using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Tests.Peers;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using P2PShare.Testing.Peers;

namespace P2PShare.Peer.Tests.Downloads.Swarm;

/// <summary>A whole download from the owner of a part, which tells of its pieces, and chokes and unchokes its requester.</summary>
public sealed class ChokingOwnerTests : DownloadScene
{
    private const int Pieces = 7;
    private const int Size = (Pieces - 1) * MiB + 5;

    private static readonly PeerAddress Choking = PeerAddress.Create(IPAddress.Parse("192.0.2.1"), 9001);
    private static readonly PeerAddress Gone = PeerAddress.Create(IPAddress.Parse("192.0.2.2"), 9001);

    private readonly byte[] _content = new SeededBytes(41).Create(Size);
    private readonly List<string> _asked = [];
    private readonly TaskCompletionSource _ended = new();
    private HonestOwner? _honest;

    [Fact]
    public async Task After_CHOKED_one_GET_is_sent_for_each_UNCHOKED_1()
    {
        var allowed = 0;
        await FetchFromAsync(line =>
        {
            if (line.StartsWith("GET", StringComparison.Ordinal))
                return allowed-- > 0 ? null : "CHOKED\n";
            if (!line.Contains("INTERESTED", StringComparison.Ordinal))
                return $"HAVE {Pieces} 0-{Pieces - 1}\n";
            allowed = 1;
            return "UNCHOKED 1\n";
        });

        // The first question is idle, and the GETs after its answer are choked.
        var turns = _asked.Where(line => !line.Contains("IDLE", StringComparison.Ordinal)).ToList();
        turns = turns[turns.FindIndex(line => line.Contains("INTERESTED", StringComparison.Ordinal))..];
        turns.Should().HaveCount(2 * Pieces);
        turns.Index().Should().OnlyContain(
            line => line.Item.StartsWith(line.Index % 2 == 0 ? "WATCH" : "GET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Owner_of_a_part_is_asked_for_each_piece_after_it_has_told_of_it()
    {
        var pieces = 0;
        var askedTooEarly = new List<string>();
        await FetchFromAsync(line =>
        {
            var words = line.Split(' ');
            if (words[0] == "WATCH")
            {
                var known = int.Parse(words[2], CultureInfo.InvariantCulture);
                pieces = Math.Min(pieces + 1, Pieces);
                return "HAVE " + string.Join(' ', Enumerable.Range(known, pieces - known).Prepend(pieces)) + "\n";
            }

            if (int.Parse(words[2], CultureInfo.InvariantCulture) / MiB >= pieces)
                askedTooEarly.Add(line);
            return null;
        });

        pieces.Should().Be(Pieces);
        askedTooEarly.Should().BeEmpty();
    }

    [Fact]
    public async Task Requester_that_is_choked_for_a_minute_waits_for_its_turn()
    {
        var time = new ManualTimeProvider();
        var outcome = await FetchAsync(
            line =>
            {
                var isChoking = time.GetElapsedTime(0) < TimeSpan.FromMinutes(1);
                return line.StartsWith("GET", StringComparison.Ordinal) ? (isChoking ? "CHOKED\n" : null)
                    : isChoking ? $"HAVE {Pieces} 0-{Pieces - 1}\n"
                    : "UNCHOKED 8\n";
            },
            time);

        outcome.Succeeded.Should().BeTrue();
        time.GetElapsedTime(0).Should().BeGreaterThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Owner_that_choked_and_has_nothing_more_to_give_does_not_keep_the_download_waiting()
    {
        var time = new ManualTimeProvider();
        var choked = 0;
        var outcome = await FetchAsync(
            line => line.StartsWith("GET", StringComparison.Ordinal) ? (choked++ == 0 ? "CHOKED\n" : null)
                : line.Contains("INTERESTED", StringComparison.Ordinal) ? "UNCHOKED 1\n"
                : "HAVE 1 0\n",
            time);

        outcome.Should().BeOfType<DownloadOutcome.Incomplete>();
        choked.Should().Be(2);
        time.GetElapsedTime(0).Should().BeLessThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Owner_that_was_busy_and_never_answers_WATCH_has_stalled()
    {
        var time = new ManualTimeProvider();
        var isBusy = true;
        var outcome = await FetchAsync(
            line =>
            {
                if (!line.StartsWith("GET", StringComparison.Ordinal))
                    return "";
                var answer = isBusy ? "BUSY 1\n" : "CHOKED\n";
                isBusy = false;
                return answer;
            },
            time,
            hasWholeFile: true);

        outcome.Should().BeOfType<DownloadOutcome.Incomplete>();
    }

    [Fact]
    public async Task Owner_that_answers_WATCH_at_once_without_news_is_not_asked_all_the_time()
    {
        var time = new ManualTimeProvider();
        await FetchAsync(line => line.StartsWith("GET", StringComparison.Ordinal) ? null : "HAVE 1 0\n", time);

        var questions = _asked.Count(line => line.StartsWith("WATCH", StringComparison.Ordinal));
        // Whatever happens elsewhere ends the pause, too: here the question for more owners, once a second.
        questions.Should().BeLessThanOrEqualTo(8 + 2 * (int)time.GetElapsedTime(0).TotalSeconds);
    }

    [Fact]
    public async Task Download_goes_on_as_long_as_an_owner_of_a_part_waits_for_pieces_itself()
    {
        var time = new ManualTimeProvider();
        var outcome = await FetchAsync(
            line =>
            {
                if (line.StartsWith("GET", StringComparison.Ordinal))
                    return null;
                var hasRest = time.GetElapsedTime(0) > TimeSpan.FromMinutes(2);
                var isFirst = line.Contains(" 0 IDLE", StringComparison.Ordinal);
                if (!hasRest && !isFirst)
                    Task.WhenAny(Task.Delay(Protocol.Limits.WatchPatience, time), _ended.Task).GetAwaiter().GetResult();
                return hasRest ? $"HAVE {Pieces} 1-{Pieces - 1}\n" : isFirst ? "HAVE 1 0\n" : "HAVE 1\n";
            },
            time);

        outcome.Should().BeOfType<DownloadOutcome.Saved>();
        time.GetElapsedTime(0).Should().BeGreaterThan(TimeSpan.FromMinutes(2));
    }

    // Null from the answer means that of an honest owner.
    private async Task FetchFromAsync(Func<string, string?> answer) =>
        (await FetchAsync(answer, TimeProvider.System)).Succeeded.Should().BeTrue(string.Join('\n', _asked));

    private async Task<DownloadOutcome> FetchAsync(Func<string, string?> answer, TimeProvider time, bool hasWholeFile = false)
    {
        await using var sharing = new SharingPeer();
        var row = await sharing.ShareAsync("a", _content);
        _honest = new HonestOwner(_content, sharing.Layers.TryGet(row.Identity!.Value)!.Hashes);
        await using var owner = new CuttingPeer(line => Answer(line, answer), long.MaxValue);
        var index = new TableIndex(Features.Swarm | Features.Parts);
        index.Add(row with { Owner = Gone });
        if (hasWholeFile)
            index.Add(row with { Owner = Choking });
        else
            index.AddPart(row.Identity!.Value.Id, Choking);

        var fetching = NewDownloader(index, time, (to, _) =>
        {
            if (to.Equals(new IPEndPoint(Gone.Ip, Gone.Port)))
                throw new SocketException((int)SocketError.ConnectionRefused);
            var pair = owner.Connect();
            return Task.FromResult<Networking.Connection>(new StreamConnection(pair.Near, (IPEndPoint)to, pair.Reset));
        }).FetchFileAsync(new FileRequest(SharingPeer.NameOf("a")), _observer, CancellationToken.None);
        if (time is ManualTimeProvider manual)
            await manual.AdvanceUntilEndedAsync(fetching, () => TimeSpan.FromMilliseconds(50));
        var outcome = await fetching.WaitAsync(TimeSpan.FromSeconds(60));
        _ended.SetResult();
        (outcome.Succeeded ? Saved("a") : _content).AsSpan().SequenceEqual(_content).Should().BeTrue();
        return outcome;
    }

    private ReadOnlyMemory<byte> Answer(string line, Func<string, string?> answer)
    {
        lock (_asked)
            _asked.Add(line);
        if (line.StartsWith("PROTO_VERSION", StringComparison.Ordinal))
            return "VERSION_OK SWARM PIECES\n"u8.ToArray();
        return !line.StartsWith("HASHES", StringComparison.Ordinal) && answer(line) is { } own
            ? Encoding.ASCII.GetBytes(own)
            : _honest!.Answer(line);
    }
}
