using P2PShare.Peer.Uploads;
using P2PShare.Protocol;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Uploads;

/// <summary>When a WATCH is answered, and with what (PROTOCOL.md, section 6.4).</summary>
public sealed class PieceWatchTests : WatchScene
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task WATCH_is_answered_at_once_with_pieces_that_the_requester_does_not_know()
    {
        Have(3, 3);
        Have(0, 1);

        await SendAsync("WATCH {id} 0 IDLE -\nWATCH {id} 2 IDLE -\nWATCH {id} 9 IDLE -\n");

        await ExpectAsync("HAVE 3 3 0-1\nHAVE 3 1\nHAVE 3 3 0-1\n");
    }

    [Fact]
    public async Task WATCH_is_answered_when_a_piece_comes()
    {
        await SendAsync("WATCH {id} 0 IDLE -\n");
        await UntilWaitingForAsync(Limits.WatchPatience);

        Have(3, 3);

        await ExpectAsync("HAVE 1 3\n");
    }

    [Fact]
    public async Task WATCH_is_answered_without_pieces_after_5_s()
    {
        await SendAsync("WATCH {id} 0 IDLE -\n");
        await UntilWaitingForAsync(Limits.WatchPatience);

        _time.Advance(Limits.WatchPatience);

        await ExpectAsync("HAVE 0\n");
    }

    [Fact]
    public async Task Next_command_ends_the_wait_of_a_WATCH()
    {
        Have(1, 1);
        await SendAsync("WATCH {id} 1 IDLE -\n");
        await UntilWaitingForAsync(Limits.WatchPatience);

        await SendAsync("WATCH {id} 0 IDLE -\n" + Get(1));

        await ExpectAsync("HAVE 1\nHAVE 1 1\n");
        await ExpectPieceAsync(1);
    }

    [Fact]
    public async Task WATCH_of_what_is_not_shared_is_answered_HAVE_NONE()
    {
        await SendAsync($"WATCH {new string('f', 64)} 0 INTERESTED 9001\n");
        await ExpectAsync("HAVE_NONE\n");

        ClosePart();
        await SendAsync("WATCH {id} 0 IDLE -\n");
        await ExpectAsync("HAVE_NONE\n");
    }

    [Fact]
    public async Task Interested_requester_is_unchoked_at_once_while_a_slot_is_free()
    {
        Have(0, 4);

        await SendAsync("WATCH {id} 5 INTERESTED -\n");

        await ExpectAsync("UNCHOKED 8 0 1 2 3 4\n");
    }

    [Fact]
    public async Task Interested_requester_is_unchoked_for_one_GET_when_another_frees_its_slot()
    {
        var others = ReserveOthers();
        Have(0, 1);
        await SendAsync("WATCH {id} 2 INTERESTED -\n");
        await UntilWaitingForAsync(Limits.WatchPatience);

        _slots.Withdraw(others[0]);

        await ExpectAsync("UNCHOKED 1 0 1\n");
        await SendAsync(Get(0));
        await ExpectPieceAsync(0);
    }

    [Fact]
    public async Task Idle_requester_is_not_unchoked_and_gives_up_its_reservation()
    {
        Have(0, 4);
        await SendAsync("WATCH {id} 5 INTERESTED -\n");
        await ExpectAsync("UNCHOKED 8 0 1 2 3 4\n");

        await SendAsync("WATCH {id} 5 IDLE -\n");
        await UntilWaitingForAsync(Limits.WatchPatience);

        await UntilReservedAsync(ReserveOthers());
        _time.Advance(Limits.WatchPatience);
        await ExpectAsync("HAVE 5\n");
    }

    [Fact]
    public async Task GET_is_answered_CHOKED_at_once_where_others_are_served_first()
    {
        ReserveOthers();
        Have(0, 1);

        await SendAsync("WATCH {id} 0 IDLE -\n" + Get(0) + Get(1));

        await ExpectAsync("HAVE 2 0-1\nCHOKED\nCHOKED\n");
    }

    [Fact]
    public async Task Requester_that_waits_for_a_slot_is_told_of_the_pieces_of_one_second_together()
    {
        ReserveOthers();
        await SendAsync("WATCH {id} 0 INTERESTED -\n");
        await UntilWaitingForAsync(Limits.WatchPatience);
        Have(2, 2);
        await UntilWaitingForAsync(UploadLimits.TellInterestedAfter);
        Have(3, 3);

        _time.Advance(UploadLimits.TellInterestedAfter);

        await ExpectAsync("HAVE 2 2-3\n");
    }

    [Fact]
    public async Task Reservation_that_is_not_used_within_2_s_is_given_up()
    {
        await UnchokeAsync();
        await UntilWaitingForAsync(UploadLimits.ReservationTime);
        _time.Advance(UploadLimits.ReservationTime - Tick);
        var others = ReserveOthers();
        others.Select(other => other.HasReservation).Should().Equal(true, false);

        _time.Advance(Tick);

        await UntilReservedAsync(others);
    }

    [Theory]
    [InlineData("HELLO\n", "ERROR unknown or malformed command\n")]
    [InlineData("WATCH {id} 4 INTERESTED -\n", "HAVE 5 4\n")]
    [InlineData("GET 00000000000000000000000000000000000000000000000000000000000000ff 0 1\n", "NOT_SHARED\n")]
    public async Task Reservation_is_not_prolonged_by_other_commands(string sent, string answer)
    {
        await UnchokeAsync();
        for (var part = 0; part < 3; part++)
        {
            await UntilWaitingForAsync(UploadLimits.ReservationTime - part * UploadLimits.ReservationTime / 4);
            _time.Advance(UploadLimits.ReservationTime / 4);
            await SendAsync(sent);
            await ExpectAsync(answer);
        }

        var others = ReserveOthers();
        await UntilWaitingForAsync(UploadLimits.ReservationTime / 4);
        _time.Advance(UploadLimits.ReservationTime / 4);

        await UntilReservedAsync(others);
    }

    [Theory]
    [InlineData("-", false, Standing.Takes)]
    [InlineData("9001", false, Standing.Serves)]
    [InlineData("-", true, Standing.Gives)]
    [InlineData("9001", true, Standing.Gives)]
    public async Task Requester_stands_by_what_it_has_given_and_by_what_it_says_that_it_serves(string port, bool gives, object standing)
    {
        if (gives)
            _giving.Add(System.Net.IPAddress.Parse("192.0.2.1"));
        var others = ReserveOthers();
        Have(0, 0);
        await SendAsync($"WATCH {{id}} 1 INTERESTED {port}\n");
        await UntilWaitingForAsync(Limits.WatchPatience);

        // The first grant was a newcomer's, and the next is not: the rival comes first where its standing is better.
        var rival = Other(9);
        rival.Standing = Standing.Serves;
        _ = _slots.ReserveAsync(rival);
        _slots.Withdraw(others[0]);

        rival.HasReservation.Should().Be((Standing)standing == Standing.Takes);
    }

    private async Task UnchokeAsync()
    {
        Have(0, 4);
        await SendAsync("WATCH {id} 5 INTERESTED -\n");
        await ExpectAsync("UNCHOKED 8 0 1 2 3 4\n");
    }

    // As many as are served at once.
    private Requester[] ReserveOthers()
    {
        var others = Enumerable.Range(1, UploadLimits.MinWatchingSlots).Select(Other).ToArray();
        foreach (var other in others)
            _ = _slots.ReserveAsync(other);
        return others;
    }

    private static Task UntilReservedAsync(Requester[] others) =>
        Eventually.True(() => others.All(other => other.HasReservation), "every slot to be given up");
}
