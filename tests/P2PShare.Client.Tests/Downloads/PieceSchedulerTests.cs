using P2PShare.Client.Downloads;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Tests.Downloads;

/// <summary>Holds the scheduler to SCHEDULER.md, paragraph by paragraph.</summary>
public sealed class PieceSchedulerTests
{
    private const int Fast = 0;
    private const int Slow = 1;
    private const double MiB = 1024 * 1024;

    private readonly PieceScheduler _scheduler = new();

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
        OpenFile(pieces: 1);
        _scheduler.Offer(Fast, 0);
        _scheduler.Offer(Slow, 0);
        Take(Slow);
        _scheduler.NoteRate(Slow, MiB);
        _scheduler.NoteRate(Fast, 10 * MiB);
        Take(Fast);
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
        OpenFile(pieces: 1);
        _scheduler.Offer(Fast, 0);
        _scheduler.Offer(Slow, 0);
        Take(Slow);
        _scheduler.NoteRate(Slow, MiB);
        _scheduler.NoteRate(Fast, 10 * MiB);
        Take(Fast);

        _scheduler.Remove(Slow);

        TakeAll(Fast).Should().BeEmpty();
        _scheduler.Complete(Fast, new PieceRef(0, 0), out _).Should().BeTrue();
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

    private static FileIdentity Identity(long size)
    {
        var id = new byte[32];
        id[0] = 1;
        FileIdentity.TryCreate(new FileId(id), size, out var identity).Should().BeTrue();
        return identity;
    }

    private void OpenFile(int pieces) => OpenFile(Identity((long)pieces * Limits.PieceBytes));

    private void OpenFile(FileIdentity identity) => _scheduler.Open(_scheduler.AddFile(identity), []);

    private int Take(int owner)
    {
        _scheduler.TryTake(owner, out var piece).Should().BeTrue();
        return piece.Piece;
    }

    private List<int> TakeAll(int owner)
    {
        var taken = new List<int>();
        while (_scheduler.TryTake(owner, out var piece))
            taken.Add(piece.Piece);
        return taken;
    }

    private void CompleteAll(int owner, params int[] pieces)
    {
        foreach (var piece in pieces)
            _scheduler.Complete(owner, new PieceRef(0, piece), out _).Should().BeTrue();
    }
}
