using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Peer.Tests.Downloads.Scheduling;

namespace P2PShare.Peer.Tests.Downloads.Swarm;

/// <summary>The endgame, when every piece is requested: which pieces are requested twice, and what the second copy changes.</summary>
public sealed class EndgameTests : SchedulerScene
{
    [Fact]
    public void A_fast_owner_is_also_asked_for_the_piece_that_a_slow_one_would_send_last()
    {
        OpenFile(pieces: 4);
        _scheduler.AddSource(Fast, 0);
        _scheduler.AddSource(Slow, 0);
        PickAll(Slow).Should().Equal(0, 1);
        PickAll(Fast).Should().Equal(2, 3);
        CompleteAll(Fast, 2, 3);
        _scheduler.SetRate(Fast, 10 * MiB);
        _scheduler.SetRate(Slow, 1 * MiB);

        PickAll(Fast).Should().Equal([1, 0], "the piece at the end of the slow owner's queue waits longest");
    }

    [Fact]
    public void Owners_of_equal_rate_cause_no_second_request()
    {
        OpenFile(pieces: 4);
        _scheduler.AddSource(Fast, 0);
        _scheduler.AddSource(Slow, 0);
        PickAll(Slow).Should().Equal(0, 1);
        PickAll(Fast).Should().Equal(2, 3);
        _scheduler.SetRate(Fast, 2 * MiB);
        _scheduler.SetRate(Slow, 2 * MiB);
        CompleteAll(Fast, 2, 3);

        PickAll(Fast).Should().BeEmpty();
    }

    [Fact]
    public void An_unknown_rate_or_a_gain_under_half_a_second_causes_no_second_request()
    {
        OpenFile(pieces: 3);
        _scheduler.AddSource(Fast, 0);
        _scheduler.AddSource(Slow, 0);
        PickAll(Slow).Should().Equal(0, 1);
        PickAll(Fast).Should().Equal(2);
        CompleteAll(Fast, 2);
        _scheduler.SetRate(Fast, 100 * MiB);

        PickAll(Fast).Should().BeEmpty();
        _scheduler.SetRate(Slow, 5 * MiB);
        PickAll(Fast).Should().BeEmpty();
        _scheduler.SetRate(Slow, 1 * MiB);
        PickAll(Fast).Should().Equal(1, 0);
    }

    [Fact]
    public void No_piece_is_requested_of_three_owners()
    {
        const int Third = 2;
        OpenFile(pieces: 1);
        foreach (var owner in new[] { Slow, Fast, Third })
            _scheduler.AddSource(owner, 0);
        Pick(Slow).Should().Be(0);
        _scheduler.SetRate(Slow, MiB);
        _scheduler.SetRate(Fast, 10 * MiB);
        _scheduler.SetRate(Third, 100 * MiB);
        Pick(Fast).Should().Be(0);

        PickAll(Third).Should().BeEmpty();
    }

    [Fact]
    public void The_first_verified_copy_counts_and_the_second_changes_nothing()
    {
        RequestTheOnlyPieceOfBoth();
        var piece = new PieceRef(0, 0);

        _scheduler.Complete(Fast, piece, out var isFileDone).Should().BeTrue();
        isFileDone.Should().BeTrue();
        _scheduler.Complete(Slow, piece, out isFileDone).Should().BeFalse();
        isFileDone.Should().BeFalse();
        _scheduler.IsDone.Should().BeTrue();
    }

    [Fact]
    public void A_piece_requested_twice_is_not_missing_when_one_of_the_two_owners_vanishes()
    {
        RequestTheOnlyPieceOfBoth();

        _scheduler.RemoveOwner(Slow);

        PickAll(Fast).Should().BeEmpty();
        _scheduler.Complete(Fast, new PieceRef(0, 0), out _).Should().BeTrue();
    }

    private void RequestTheOnlyPieceOfBoth()
    {
        OpenFile(pieces: 1);
        _scheduler.AddSource(Fast, 0);
        _scheduler.AddSource(Slow, 0);
        Pick(Slow);
        _scheduler.SetRate(Slow, MiB);
        _scheduler.SetRate(Fast, 10 * MiB);
        Pick(Fast);
    }
}
