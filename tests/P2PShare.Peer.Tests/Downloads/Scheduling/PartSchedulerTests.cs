using System.Text;
using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Peer.Tests.Downloads.Scheduling;

/// <summary>Owners of parts of a file: what is requested of them, rarest piece first, and what they suggest.</summary>
public sealed class PartSchedulerTests : SchedulerScene
{
    private const int Third = 2;

    [Fact]
    public void Owner_of_a_part_is_asked_only_for_pieces_that_it_is_known_to_have()
    {
        OpenFile(pieces: 10);
        _scheduler.AddPartialSource(Slow, 0);
        PickAll(Slow).Should().BeEmpty();

        Have(Slow, 4, 5);

        PickAll(Slow).Should().Equal(4, 5);
        CompleteAll(Slow, 4, 5);
        PickAll(Slow).Should().BeEmpty();
        Have(Slow, 9, 9);
        PickAll(Slow).Should().Equal(9);
    }

    [Fact]
    public void Piece_that_the_fewest_parts_have_is_picked_first()
    {
        OpenFile(pieces: 4);
        _scheduler.AddSource(Fast, 0);
        _scheduler.AddPartialSource(Slow, 0);
        _scheduler.AddPartialSource(Third, 0);
        Have(Slow, 0, 2);
        Have(Third, 0, 1);

        PickAll(Fast).Should().Equal(3, 2);
        PickAll(Third).Should().Equal(0, 1);
    }

    [Fact]
    public void Piece_that_is_named_twice_counts_as_one_copy()
    {
        OpenFile(pieces: 2);
        _scheduler.AddSource(Fast, 0);
        _scheduler.AddPartialSource(Slow, 0);
        _scheduler.AddPartialSource(Third, 0);
        Have(Slow, 0, 0);
        Have(Third, 0, 0);
        Have(Slow, 1, 1);
        Have(Slow, 1, 1);

        Pick(Fast).Should().Be(1);
    }

    [Fact]
    public void Part_that_becomes_whole_is_asked_for_every_piece_and_its_copies_count_no_more()
    {
        OpenFile(pieces: 4);
        _scheduler.AddPartialSource(Slow, 0);
        _scheduler.AddPartialSource(Third, 0);
        Have(Slow, 0, 1);
        Have(Third, 2, 2);
        _scheduler.IsWhole(Slow, 0).Should().BeFalse();

        _scheduler.AddSource(Slow, 0);

        _scheduler.IsWhole(Slow, 0).Should().BeTrue();
        PickAll(Slow).Should().Equal(0, 1);
        CompleteAll(Slow, 0, 1);
        Pick(Slow).Should().Be(3, "another owner has a copy of piece 2");
    }

    [Fact]
    public void Owner_of_the_whole_file_is_not_made_an_owner_of_a_part()
    {
        OpenFile(pieces: 2);
        _scheduler.AddSource(Fast, 0);

        _scheduler.AddPartialSource(Fast, 0);

        _scheduler.IsWhole(Fast, 0).Should().BeTrue();
    }

    [Fact]
    public void Whole_owner_without_one_piece_keeps_the_others_and_is_not_believed_to_be_whole_again()
    {
        OpenFile(pieces: 3);
        _scheduler.AddSource(Slow, 0);
        Pick(Slow).Should().Be(0);

        _scheduler.MarkUnavailable(Slow, new PieceRef(0, 0));
        _scheduler.AddSource(Slow, 0);

        _scheduler.IsWhole(Slow, 0).Should().BeFalse();
        PickAll(Slow).Should().Equal(1, 2);
        Have(Slow, 0, 0);
        CompleteAll(Slow, 1, 2);
        Pick(Slow).Should().Be(0);
    }

    [Fact]
    public void Part_owner_without_a_piece_that_it_named_loses_one_copy()
    {
        OpenFile(pieces: 3);
        _scheduler.AddSource(Fast, 0);
        _scheduler.AddPartialSource(Slow, 0);
        Have(Slow, 0, 1);
        Pick(Slow).Should().Be(0);

        _scheduler.MarkUnavailable(Slow, new PieceRef(0, 0));
        _scheduler.MarkUnavailable(Slow, new PieceRef(0, 0));

        PickAll(Fast).Should().Equal(0, 2);
    }

    [Fact]
    public void Copies_of_an_owner_that_is_removed_are_taken_off()
    {
        const int Fourth = 3;
        OpenFile(pieces: 3);
        _scheduler.AddSource(Fast, 0);
        foreach (var (owner, piece) in new[] { (Slow, 2), (Third, 1), (Fourth, 0) })
        {
            _scheduler.AddPartialSource(owner, 0);
            Have(owner, piece, piece);
        }

        _scheduler.RemoveOwner(Slow);

        Pick(Fast).Should().Be(2);
        _scheduler.RemoveSource(Third, 0);
        Pick(Fast).Should().Be(1);
        _scheduler.TryPick(Third, out _).Should().BeFalse();
    }

    [Fact]
    public void Suggested_pieces_are_picked_first_in_their_order_where_they_are_missing_and_owned()
    {
        OpenFile(pieces: 10);
        _scheduler.AddPartialSource(Slow, 0);
        Have(Slow, 0, 7);
        _scheduler.AddSource(Fast, 0);
        PickAll(Fast).Should().Equal(8, 9);

        Suggest(Slow, "8 9 6 3-5");

        PickAll(Slow).Should().Equal(6, 3);
        CompleteAll(Slow, 6, 3);
        Suggest(Slow, "7");
        PickAll(Slow).Should().Equal(7, 0);
    }

    [Fact]
    public void Suggestion_beyond_the_end_of_the_file_is_ignored()
    {
        OpenFile(pieces: 2);
        _scheduler.AddSource(Fast, 0);

        Suggest(Fast, "4194303 1-4194303 2");

        PickAll(Fast).Should().Equal(1, 0);
    }

    [Fact]
    public void File_to_watch_is_the_first_of_which_the_owner_has_a_missing_piece()
    {
        OpenFile(pieces: 1);
        OpenFile(pieces: 1);
        _scheduler.FileToWatch(Slow, -1, out _).Should().Be(-1, "the owner is not known");
        _scheduler.AddPartialSource(Slow, 0);
        _scheduler.AddPartialSource(Slow, 1);
        FileToWatch(Slow).Should().Be((0, false));

        _scheduler.AddPieces(Slow, 1, new PieceRange(0, 0));

        FileToWatch(Slow).Should().Be((1, true));
        _scheduler.TryPick(Slow, out var piece).Should().BeTrue();
        FileToWatch(Slow).Should().Be((0, false), "its only missing piece is requested");
        _scheduler.Complete(Slow, piece, out _).Should().BeTrue();
        Have(Slow, 0, 0);
        FileToWatch(Slow).Should().Be((0, true));
        CompleteAll(Slow, 0);
        FileToWatch(Slow).Should().Be((-1, false), "every file is done");
    }

    [Fact]
    public void File_that_is_not_open_is_not_watched()
    {
        _scheduler.AddFile(Identity(2L * Limits.PieceBytes));
        _scheduler.AddSource(Fast, 0);

        FileToWatch(Fast).Should().Be((-1, false));
    }

    [Fact]
    public void Owner_of_a_part_is_interesting_only_while_it_is_known_to_have_a_piece_that_is_not_verified()
    {
        OpenFile(pieces: 2);
        _scheduler.AddPartialSource(Slow, 0);
        _scheduler.IsInteresting(Slow).Should().BeFalse();
        Have(Slow, 1, 1);
        _scheduler.IsInteresting(Slow).Should().BeTrue();
        Pick(Slow).Should().Be(1);
        _scheduler.IsInteresting(Slow).Should().BeTrue("the piece is requested and not verified");

        CompleteAll(Slow, 1);

        _scheduler.IsInteresting(Slow).Should().BeFalse();
    }

    [Fact]
    public void Owner_of_parts_of_several_files_is_watched_for_each_in_its_turn_and_last_for_those_that_it_has_whole()
    {
        for (var file = 0; file < 4; file++)
            OpenFile(pieces: 1);
        _scheduler.AddSource(Slow, 0);
        _scheduler.TryPick(Slow, out _).Should().BeTrue();

        FileToWatch(Slow).Should().Be((0, false));
        _scheduler.AddPartialSource(Slow, 1);
        _scheduler.AddPartialSource(Slow, 3);

        FileToWatch(Slow).Should().Be((1, false));
        FileToWatch(Slow, last: 1).Should().Be((3, false));
        FileToWatch(Slow, last: 3).Should().Be((1, false));
    }

    private (int File, bool IsInterested) FileToWatch(int owner, int last = -1)
    {
        var file = _scheduler.FileToWatch(owner, last, out var isInterested);
        return (file, isInterested);
    }

    private void Have(int owner, int first, int last) => _scheduler.AddPieces(owner, 0, new PieceRange(first, last));

    private void Suggest(int owner, string ranges)
    {
        PeerReply.TryParse(Encoding.ASCII.GetBytes("UNCHOKED 1 " + ranges), out var reply).Should().BeTrue();
        _scheduler.Suggest(owner, 0, reply.Pieces);
    }
}
