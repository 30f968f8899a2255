using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Tests.Downloads.Scheduling;

/// <summary>Checks the rules of SCHEDULER.md; <see cref="Swarm.EndgameTests"/> checks those of the endgame.</summary>
public sealed class PieceSchedulerTests : SchedulerScene
{
    [Fact]
    public void Pieces_are_picked_lowest_first_and_each_once()
    {
        OpenFile(pieces: 4);
        _scheduler.AddSource(Fast, 0);
        _scheduler.AddSource(Slow, 0);

        Pick(Fast).Should().Be(0);
        Pick(Slow).Should().Be(1);
        Pick(Fast).Should().Be(2);
        Pick(Slow).Should().Be(3);
    }

    [Fact]
    public void An_owner_of_unknown_rate_has_a_queue_of_two_pieces()
    {
        OpenFile(pieces: 40);
        _scheduler.AddSource(Fast, 0);

        PickAll(Fast).Should().HaveCount(2);
    }

    [Theory]
    [InlineData(0.1, 2)]
    [InlineData(5, 5)]
    [InlineData(1000, 8)]
    public void The_request_queue_of_an_owner_lasts_one_second_within_its_bounds(double mebibytesPerSecond, int pieces)
    {
        OpenFile(pieces: 40);
        _scheduler.AddSource(Fast, 0);
        _scheduler.SetRate(Fast, mebibytesPerSecond * MiB);

        PickAll(Fast).Should().HaveCount(pieces);
    }

    [Fact]
    public void The_request_queue_of_small_files_is_bounded_by_their_number()
    {
        for (var file = 0; file < 1000; file++)
            OpenFile(Identity(size: 4096));
        for (var file = 0; file < 1000; file++)
            _scheduler.AddSource(Fast, file);

        PickAll(Fast).Should().HaveCount(256);
    }

    [Fact]
    public void Pieces_requested_of_an_owner_that_vanishes_are_picked_first()
    {
        OpenFile(pieces: 10);
        _scheduler.AddSource(Fast, 0);
        _scheduler.AddSource(Slow, 0);
        PickAll(Slow).Should().Equal(0, 1);
        Pick(Fast).Should().Be(2);

        _scheduler.RemoveOwner(Slow);

        Pick(Fast).Should().Be(0);
        CompleteAll(Fast, 2, 0);
        PickAll(Fast).Should().Equal(1, 3);
    }

    [Fact]
    public void A_piece_that_an_owner_does_not_have_is_not_picked_for_it_again()
    {
        OpenFile(pieces: 3);
        _scheduler.AddSource(Fast, 0);
        _scheduler.AddSource(Slow, 0);
        Pick(Slow).Should().Be(0);

        _scheduler.MarkUnavailable(Slow, new PieceRef(0, 0));

        PickAll(Slow).Should().Equal(1, 2);
        Pick(Fast).Should().Be(0);
    }

    [Fact]
    public void Only_pieces_of_files_that_the_owner_has_are_picked()
    {
        OpenFile(pieces: 1);
        OpenFile(pieces: 1);
        _scheduler.AddSource(Fast, 1);

        _scheduler.TryPick(Fast, out var piece).Should().BeTrue();
        piece.Should().Be(new PieceRef(1, 0));
        _scheduler.TryPick(Fast, out _).Should().BeFalse();
    }

    [Fact]
    public void An_owner_is_interesting_while_it_may_have_a_wanted_piece()
    {
        OpenFile(pieces: 2);
        _scheduler.AddSource(Fast, 0);
        _scheduler.AddSource(Slow, 0);
        _scheduler.MarkUnavailable(Slow, new PieceRef(0, 0));
        _scheduler.IsInteresting(Slow).Should().BeTrue();
        Pick(Fast).Should().Be(0);
        Pick(Fast).Should().Be(1);

        CompleteAll(Fast, 1);

        _scheduler.IsInteresting(Slow).Should().BeFalse();
        _scheduler.IsInteresting(Fast).Should().BeTrue();
        _scheduler.RemoveSource(Fast, 0);
        _scheduler.IsInteresting(Fast).Should().BeFalse();
    }

    [Fact]
    public void Pieces_that_are_verified_already_are_not_picked()
    {
        _scheduler.AddFile(Identity(4 * Limits.PieceBytes));
        _scheduler.Open(0, [true, false, true, false]).Should().BeFalse();
        _scheduler.AddSource(Fast, 0);

        PickAll(Fast).Should().Equal(1, 3);
    }

    [Fact]
    public void A_closed_file_is_opened_by_one_owner_at_a_time_before_its_pieces_are_picked()
    {
        var file = _scheduler.AddFile(Identity(2 * Limits.PieceBytes));
        _scheduler.AddSource(Fast, file);
        _scheduler.AddSource(Slow, file);

        _scheduler.TryPick(Fast, out _).Should().BeFalse();
        _scheduler.TryPickFileToOpen(Fast, out var taken).Should().BeTrue();
        taken.Should().Be(file);
        _scheduler.TryPickFileToOpen(Slow, out _).Should().BeFalse();
        _scheduler.ReleaseFile(file);
        _scheduler.TryPickFileToOpen(Slow, out _).Should().BeTrue();
        _scheduler.Open(file, []);
        Pick(Slow).Should().Be(0);
    }

    [Fact]
    public void An_empty_file_is_done_as_soon_as_it_is_opened()
    {
        var file = _scheduler.AddFile(FileIdentity.OfEmptyFile);

        _scheduler.Open(file, []).Should().BeTrue();
        _scheduler.IsDone.Should().BeTrue();
    }

    /// <summary>Plays a whole download from owners of these rates, one of which may vanish, in simulated time.</summary>
    [Theory]
    [InlineData(new[] { 10.0, 1.0 }, -1)]
    [InlineData(new[] { 100.0, 10.0, 10.0 }, -1)]
    [InlineData(new[] { 5.0, 5.0, 5.0, 0.05 }, -1)]
    [InlineData(new[] { 10.0, 1.0 }, 0)]
    [InlineData(new[] { 10.0, 10.0, 10.0 }, 1)]
    public void Owners_of_uneven_rates_are_all_used_fully_and_under_two_percent_is_fetched_twice(double[] mebibytesPerSecond, int vanishing)
    {
        const int Pieces = 1024;
        OpenFile(Pieces);
        var play = new ScheduledPlay(_scheduler, mebibytesPerSecond, vanishing, vanishAfterSeconds: 10);

        var seconds = play.Run(out var fetchedTwice);

        var left = mebibytesPerSecond.Where((_, owner) => owner != vanishing).Sum();
        var bound = vanishing < 0 ? Pieces / left : 10 + (Pieces - 10 * mebibytesPerSecond.Sum()) / left;
        seconds.Should().BeLessThan(1.1 * bound + 1, "the owners together could do it in {0:F1} s", bound);
        fetchedTwice.Should().BeLessThan(Pieces / 50);
    }
}
