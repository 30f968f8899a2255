using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Peer.Tests.Downloads.Scheduling;

namespace P2PShare.Peer.Tests.Downloads.Swarm;

/// <summary>The end of a download, when nothing is left that nobody was asked for: who is asked twice, and what the second copy changes.</summary>
public sealed class EndgameTests : SchedulerScene
{
    [Fact]
    public void At_the_end_a_fast_owner_is_asked_also_for_what_a_slow_one_holds_longest()
    {
        OpenFile(pieces: 4);
        _scheduler.Offer(Fast, 0);
        _scheduler.Offer(Slow, 0);
        TakeAll(Slow).Should().Equal(0, 1);
        TakeAll(Fast).Should().Equal(2, 3);
        CompleteAll(Fast, 2, 3);
        _scheduler.NoteRate(Fast, 10 * MiB);
        _scheduler.NoteRate(Slow, 1 * MiB);

        TakeAll(Fast).Should().Equal([1, 0], "the piece at the end of the slow owner's queue waits longest");
    }

    [Fact]
    public void At_the_end_nothing_is_asked_twice_among_equals()
    {
        OpenFile(pieces: 4);
        _scheduler.Offer(Fast, 0);
        _scheduler.Offer(Slow, 0);
        TakeAll(Slow).Should().Equal(0, 1);
        TakeAll(Fast).Should().Equal(2, 3);
        _scheduler.NoteRate(Fast, 2 * MiB);
        _scheduler.NoteRate(Slow, 2 * MiB);
        CompleteAll(Fast, 2, 3);

        TakeAll(Fast).Should().BeEmpty();
    }

    [Fact]
    public void At_the_end_nothing_is_asked_twice_of_whoever_has_shown_no_speed_or_to_save_half_a_second()
    {
        OpenFile(pieces: 3);
        _scheduler.Offer(Fast, 0);
        _scheduler.Offer(Slow, 0);
        TakeAll(Slow).Should().Equal(0, 1);
        TakeAll(Fast).Should().Equal(2);
        CompleteAll(Fast, 2);
        _scheduler.NoteRate(Fast, 100 * MiB);

        TakeAll(Fast).Should().BeEmpty();
        _scheduler.NoteRate(Slow, 5 * MiB);
        TakeAll(Fast).Should().BeEmpty();
        _scheduler.NoteRate(Slow, 1 * MiB);
        TakeAll(Fast).Should().Equal(1, 0);
    }

    [Fact]
    public void No_piece_is_ever_asked_of_three_owners()
    {
        const int Third = 2;
        OpenFile(pieces: 1);
        foreach (var owner in new[] { Slow, Fast, Third })
            _scheduler.Offer(owner, 0);
        Take(Slow).Should().Be(0);
        _scheduler.NoteRate(Slow, MiB);
        _scheduler.NoteRate(Fast, 10 * MiB);
        _scheduler.NoteRate(Third, 100 * MiB);
        Take(Fast).Should().Be(0);

        TakeAll(Third).Should().BeEmpty();
    }

    [Fact]
    public void The_first_right_copy_counts_and_the_second_changes_nothing()
    {
        AskBothForTheOnlyPiece();
        var piece = new PieceRef(0, 0);

        _scheduler.Complete(Fast, piece, out var isFileDone).Should().BeTrue();
        isFileDone.Should().BeTrue();
        _scheduler.Complete(Slow, piece, out isFileDone).Should().BeFalse();
        isFileDone.Should().BeFalse();
        _scheduler.IsDone.Should().BeTrue();
    }

    [Fact]
    public void A_piece_that_two_were_asked_for_is_not_missing_when_one_of_them_vanishes()
    {
        AskBothForTheOnlyPiece();

        _scheduler.Remove(Slow);

        TakeAll(Fast).Should().BeEmpty();
        _scheduler.Complete(Fast, new PieceRef(0, 0), out _).Should().BeTrue();
    }

    private void AskBothForTheOnlyPiece()
    {
        OpenFile(pieces: 1);
        _scheduler.Offer(Fast, 0);
        _scheduler.Offer(Slow, 0);
        Take(Slow);
        _scheduler.NoteRate(Slow, MiB);
        _scheduler.NoteRate(Fast, 10 * MiB);
        Take(Fast);
    }
}
