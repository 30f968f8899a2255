using System.Net;
using System.Text;
using P2PShare.Networking;
using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Peers;
using P2PShare.Peer.Tests.Downloads.Scheduling;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Downloads.Swarm;

/// <summary>The questions that a requester asks by WATCH, and what it makes of an owner's literal answers.</summary>
public sealed class OwnerWatchTests : IAsyncLifetime
{
    private const int Owner = 7;
    private const int Pieces = 5;
    private static readonly string Id = "01" + new string('0', 62);

    private readonly StreamPair _pair = new();
    private readonly DownloadState _state;
    private readonly OwnerWatch _watch;
    private PeerConnection? _peer;

    public OwnerWatchTests()
    {
        FileId.TryParse(Encoding.ASCII.GetBytes(Id), out var id).Should().BeTrue();
        FileIdentity.TryCreate(id, (Pieces - 1L) * Limits.PieceBytes + 1, out var identity).Should().BeTrue();
        _state = new DownloadState([new DownloadFile(SharingPeer.NameOf("a"), identity, "/nowhere/a")], new LowestChoice());
        _state.Change(scheduler => scheduler.Open(scheduler.AddFile(identity), []));
        _watch = new OwnerWatch(Owner, _state, port: 9001);
    }

    public async Task InitializeAsync()
    {
        var time = new ManualTimeProvider();
        var opening = PeerConnection.OpenAsync(
            (to, _) => Task.FromResult<Connection>(new StreamConnection(_pair.Near, (IPEndPoint)to, _pair.Reset)),
            PeerAddress.Create(IPAddress.Loopback, 1), new RateLimiter(time), time, CancellationToken.None);
        await ExpectAsync("PROTO_VERSION 1.0\n");
        await SendAsync("VERSION_OK SWARM PIECES\n");
        _peer = await opening;
        _peer.KnowsPieces.Should().BeTrue();
    }

    public async Task DisposeAsync()
    {
        await _peer!.DisposeAsync();
        _pair.Dispose();
    }

    [Fact]
    public async Task Owner_of_a_part_is_asked_from_the_position_that_its_last_HAVE_named()
    {
        AddPart();
        await AskAsync($"WATCH {Id} 0 IDLE 9001\n");
        await AnswerAsync("HAVE 2 3 0\n");
        await AskAsync($"WATCH {Id} 2 INTERESTED 9001\n");

        PickAll().Should().BeEquivalentTo([0, 3]);
        await AnswerAsync("HAVE 2\n");
        await AskAsync($"WATCH {Id} 2 IDLE 9001\n");
    }

    [Fact]
    public async Task Owner_of_the_whole_file_is_asked_from_the_end_of_its_log()
    {
        _state.Change(scheduler => scheduler.AddSource(Owner, 0));

        await AskAsync($"WATCH {Id} 5 INTERESTED 9001\n");
    }

    [Fact]
    public async Task Owner_that_did_not_have_a_piece_of_the_whole_file_is_asked_for_its_log_from_the_beginning()
    {
        _state.Change(scheduler => scheduler.AddSource(Owner, 0));
        _state.Change(scheduler => scheduler.MarkUnavailable(Owner, new PieceRef(0, 2)));

        await AskAsync($"WATCH {Id} 0 INTERESTED 9001\n");
    }

    [Fact]
    public async Task Owner_is_not_asked_again_before_it_answers_unless_interest_has_begun()
    {
        AddPart();
        await AskAsync($"WATCH {Id} 0 IDLE 9001\n");
        _watch.TryAsk(_peer!).Should().BeFalse();

        _state.Change(scheduler => scheduler.AddPieces(Owner, 0, new PieceRange(1, 1)));

        await AskAsync($"WATCH {Id} 0 INTERESTED 9001\n");
        _watch.TryAsk(_peer!).Should().BeFalse();
        (_watch.IsNew, _watch.IsWaiting).Should().Be((false, true));
        await AnswerAsync("HAVE 0\n");
        _watch.IsWaiting.Should().BeTrue("two questions were asked");
        await AnswerAsync("HAVE 0\n");
        _watch.IsWaiting.Should().BeFalse();
    }

    [Fact]
    public void Owner_without_a_file_is_not_asked() => _watch.TryAsk(_peer!).Should().BeFalse();

    [Fact]
    public async Task HAVE_up_to_the_number_of_pieces_makes_the_owner_one_of_the_whole_file()
    {
        AddPart();
        await AskAsync($"WATCH {Id} 0 IDLE 9001\n");
        await AnswerAsync("HAVE 4 0-3\n");
        _state.IsWhole(Owner, 0).Should().BeFalse();
        await AskAsync($"WATCH {Id} 4 INTERESTED 9001\n");

        await AnswerAsync("HAVE 5 4\n");

        _state.IsWhole(Owner, 0).Should().BeTrue();
    }

    [Theory]
    [InlineData("HAVE 1 5\n")]
    [InlineData("HAVE 5 0-5\n")]
    [InlineData("HAVE 1 0 4194303\n")]
    [InlineData("HAVE 6\n")]
    [InlineData("UNCHOKED 1 5\n")]
    [InlineData("UNCHOKED 8 0 3-5\n")]
    public async Task Piece_or_position_beyond_the_end_of_the_file_is_a_violation(string answer)
    {
        AddPart();
        await AskAsync($"WATCH {Id} 0 IDLE 9001\n");

        await this.Invoking(_ => AnswerAsync(answer)).Should().ThrowAsync<PeerViolationException>();

        PickAll().Should().BeEmpty();
    }

    [Theory]
    [InlineData("HAVE 1 0\n")]
    [InlineData("UNCHOKED 1\n")]
    [InlineData("HAVE_NONE\n")]
    public async Task Answer_to_a_WATCH_that_was_not_sent_is_a_violation(string answer)
    {
        AddPart();
        await this.Invoking(_ => AnswerAsync(answer)).Should().ThrowAsync<PeerViolationException>("nothing was asked yet");

        await AskAsync($"WATCH {Id} 0 IDLE 9001\n");
        await AnswerAsync("HAVE 0\n");

        await this.Invoking(_ => AnswerAsync(answer)).Should().ThrowAsync<PeerViolationException>("it was answered already");
    }

    [Fact]
    public async Task CHOKED_allows_no_GET_UNCHOKED_1_one_and_UNCHOKED_8_as_many_as_are_wanted()
    {
        _state.Change(scheduler => scheduler.AddSource(Owner, 0));
        _watch.Allowance.Should().Be(int.MaxValue);

        _watch.NoteChoked();
        _watch.Allowance.Should().Be(0);
        await AskAsync($"WATCH {Id} 5 INTERESTED 9001\n");
        await AnswerAsync("UNCHOKED 1 3 1\n");
        _watch.Allowance.Should().Be(1);
        PickAll().Should().Equal(3, 1);
        _watch.NoteRequested(1);
        _watch.Allowance.Should().Be(0);
        await AskAsync($"WATCH {Id} 5 INTERESTED 9001\n");
        await AnswerAsync("UNCHOKED 8\n");
        _watch.NoteRequested(5);
        _watch.Allowance.Should().Be(int.MaxValue);
    }

    [Fact]
    public async Task HAVE_NONE_takes_the_file_from_the_owner()
    {
        _state.Change(scheduler => scheduler.AddSource(Owner, 0));
        await AskAsync($"WATCH {Id} 5 INTERESTED 9001\n");
        _watch.HasLostFile.Should().BeFalse();

        await AnswerAsync("HAVE_NONE\n");

        _watch.HasLostFile.Should().BeTrue();
        _state.IsInteresting(Owner).Should().BeFalse();
    }

    [Fact]
    public async Task HAVE_of_an_owner_that_was_said_to_have_the_whole_file_and_begins_its_log_anew_makes_it_one_of_a_part()
    {
        _state.Change(scheduler => scheduler.AddSource(Owner, 0));
        await AskAsync($"WATCH {Id} 5 INTERESTED 9001\n");

        await AnswerAsync("HAVE 2 4 1\n");

        _state.IsWhole(Owner, 0).Should().BeFalse();
        PickAll().Should().BeEquivalentTo([1, 4]);
        _state.Change(scheduler => scheduler.AddSource(Owner, 0));
        _state.IsWhole(Owner, 0).Should().BeFalse("the owner itself knows better than the server");
        await AskAsync($"WATCH {Id} 2 IDLE 9001\n");
    }

    private void AddPart() => _state.Change(scheduler => scheduler.AddPartialSource(Owner, 0));

    private async Task AskAsync(string expected)
    {
        _watch.TryAsk(_peer!).Should().BeTrue();
        await _peer!.FlushAsync();
        await ExpectAsync(expected);
    }

    private async Task AnswerAsync(string answer)
    {
        await SendAsync(answer);
        _peer!.NoteReceived(await _peer.ReceiveAsync());
        _peer.TryReadReply(out _).Should().BeFalse();
    }

    private List<int> PickAll()
    {
        var picked = new List<int>();
        while (_state.TryPick(Owner, out var piece))
            picked.Add(piece.Piece);
        return picked;
    }

    private async Task SendAsync(string text) => await _pair.Far.WriteAsync(Encoding.ASCII.GetBytes(text));

    private async Task ExpectAsync(string text)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var bytes = new byte[text.Length];
        await _pair.Far.ReadExactlyAsync(bytes, deadline.Token);
        Encoding.ASCII.GetString(bytes).Should().Be(text);
    }
}
