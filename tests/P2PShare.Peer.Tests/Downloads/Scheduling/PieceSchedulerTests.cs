using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Tests.Downloads.Scheduling;

/// <summary>Holds the scheduler to SCHEDULER.md, paragraph by paragraph.</summary>
public sealed class PieceSchedulerTests : SchedulerScene
{
    [Fact]
    public void Pieces_are_taken_lowest_first_and_each_once()
    {
        OpenFile(pieces: 4);
        _scheduler.Offer(Fast, 0);
        _scheduler.Offer(Slow, 0);

        Take(Fast).Should().Be(0);
        Take(Slow).Should().Be(1);
        Take(Fast).Should().Be(2);
        Take(Slow).Should().Be(3);
    }

    [Fact]
    public void An_owner_that_has_shown_no_speed_is_asked_for_two_pieces_ahead()
    {
        OpenFile(pieces: 40);
        _scheduler.Offer(Fast, 0);

        TakeAll(Fast).Should().HaveCount(2);
    }

    [Theory]
    [InlineData(0.1, 2)]
    [InlineData(5, 5)]
    [InlineData(1000, 8)]
    public void An_owner_is_asked_for_a_second_of_its_own_speed_ahead(double mebibytesASecond, int ahead)
    {
        OpenFile(pieces: 40);
        _scheduler.Offer(Fast, 0);
        _scheduler.NoteRate(Fast, mebibytesASecond * MiB);

        TakeAll(Fast).Should().HaveCount(ahead);
    }

    [Fact]
    public void Small_pieces_go_out_many_at_a_time_but_not_without_end()
    {
        for (var file = 0; file < 1000; file++)
            OpenFile(Identity(size: 4096));
        for (var file = 0; file < 1000; file++)
            _scheduler.Offer(Fast, file);

        TakeAll(Fast).Should().HaveCount(256);
    }

    [Fact]
    public void What_was_ahead_of_an_owner_that_vanishes_goes_out_first()
    {
        OpenFile(pieces: 10);
        _scheduler.Offer(Fast, 0);
        _scheduler.Offer(Slow, 0);
        TakeAll(Slow).Should().Equal(0, 1);
        Take(Fast).Should().Be(2);

        _scheduler.Remove(Slow);

        Take(Fast).Should().Be(0);
        CompleteAll(Fast, 2, 0);
        TakeAll(Fast).Should().Equal(1, 3);
    }

    [Fact]
    public void A_piece_that_an_owner_lacks_is_not_asked_of_it_again_and_everything_else_is()
    {
        OpenFile(pieces: 3);
        _scheduler.Offer(Fast, 0);
        _scheduler.Offer(Slow, 0);
        Take(Slow).Should().Be(0);

        _scheduler.NoteLacking(Slow, new PieceRef(0, 0));

        TakeAll(Slow).Should().Equal(1, 2);
        Take(Fast).Should().Be(0);
    }

    [Fact]
    public void An_owner_is_asked_only_for_files_that_it_has()
    {
        OpenFile(pieces: 1);
        OpenFile(pieces: 1);
        _scheduler.Offer(Fast, 1);

        _scheduler.TryTake(Fast, out var piece).Should().BeTrue();
        piece.Should().Be(new PieceRef(1, 0));
        _scheduler.TryTake(Fast, out _).Should().BeFalse();
    }

    [Fact]
    public void An_owner_that_lacks_all_that_is_wanted_has_nothing_to_give()
    {
        OpenFile(pieces: 2);
        _scheduler.Offer(Fast, 0);
        _scheduler.Offer(Slow, 0);
        _scheduler.NoteLacking(Slow, new PieceRef(0, 0));
        _scheduler.MayGive(Slow).Should().BeTrue();
        Take(Fast).Should().Be(0);
        Take(Fast).Should().Be(1);

        CompleteAll(Fast, 1);

        _scheduler.MayGive(Slow).Should().BeFalse();
        _scheduler.MayGive(Fast).Should().BeTrue();
        _scheduler.NoteLackingFile(Fast, 0);
        _scheduler.MayGive(Fast).Should().BeFalse();
    }

    [Fact]
    public void Pieces_that_are_there_already_are_not_asked_for()
    {
        _scheduler.AddFile(Identity(4 * Limits.PieceBytes));
        _scheduler.Open(0, [true, false, true, false]).Should().BeFalse();
        _scheduler.Offer(Fast, 0);

        TakeAll(Fast).Should().Equal(1, 3);
    }

    [Fact]
    public void A_closed_file_is_opened_by_one_owner_at_a_time_before_its_pieces_are_asked_for()
    {
        var file = _scheduler.AddFile(Identity(2 * Limits.PieceBytes));
        _scheduler.Offer(Fast, file);
        _scheduler.Offer(Slow, file);

        _scheduler.TryTake(Fast, out _).Should().BeFalse();
        _scheduler.TryTakeFileToOpen(Fast, out var taken).Should().BeTrue();
        taken.Should().Be(file);
        _scheduler.TryTakeFileToOpen(Slow, out _).Should().BeFalse();
        _scheduler.GiveBackFile(file);
        _scheduler.TryTakeFileToOpen(Slow, out _).Should().BeTrue();
        _scheduler.Open(file, []);
        Take(Slow).Should().Be(0);
    }

    [Fact]
    public void An_empty_file_is_done_when_it_is_opened()
    {
        var file = _scheduler.AddFile(FileIdentity.OfEmptyFile);

        _scheduler.Open(file, []).Should().BeTrue();
        _scheduler.IsDone.Should().BeTrue();
    }

    /// <summary>Plays a whole download among owners of these speeds, one of which may vanish, in time that is counted and not waited for.</summary>
    [Theory]
    [InlineData(new[] { 10.0, 1.0 }, -1)]
    [InlineData(new[] { 100.0, 10.0, 10.0 }, -1)]
    [InlineData(new[] { 5.0, 5.0, 5.0, 0.05 }, -1)]
    [InlineData(new[] { 10.0, 1.0 }, 0)]
    [InlineData(new[] { 10.0, 10.0, 10.0 }, 1)]
    public void Uneven_owners_each_give_their_share_and_under_two_percent_comes_twice(double[] mebibytesASecond, int vanishing)
    {
        const int Pieces = 1024;
        OpenFile(Pieces);
        var play = new ScheduledPlay(_scheduler, mebibytesASecond, vanishing, vanishAfterSeconds: 10);

        var seconds = play.Run(out var givenTwice);

        var left = mebibytesASecond.Where((_, owner) => owner != vanishing).Sum();
        var bound = vanishing < 0 ? Pieces / left : 10 + (Pieces - 10 * mebibytesASecond.Sum()) / left;
        seconds.Should().BeLessThan(1.1 * bound + 1, "the owners together could do it in {0:F1} s", bound);
        givenTwice.Should().BeLessThan(Pieces / 50);
    }
}
