using P2PShare.Peer.Sharing;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;

namespace P2PShare.Peer.Tests.Sharing;

/// <summary>The log of pieces that WATCH tells (PROTOCOL.md, section 6.4).</summary>
public sealed class PieceSupplyTests
{
    private readonly List<PieceRange> _ranges = [];

    [Fact]
    public void Log_has_the_pieces_in_the_order_in_which_they_came()
    {
        var supply = PieceSupply.Empty(10);
        foreach (var piece in new[] { 7, 8, 9, 3, 2 })
            Add(supply, piece);

        LogFrom(supply, 0).Should().Be("7-9 3 2 : 5");
        LogFrom(supply, 1).Should().Be("8-9 3 2 : 5");
        LogFrom(supply, 4).Should().Be("2 : 5");
        LogFrom(supply, 5).Should().Be(" : 5");
        (supply.Count, supply.IsWhole).Should().Be((5, false));
    }

    [Fact]
    public void Piece_that_is_here_already_is_not_added_to_the_log_again()
    {
        var supply = PieceSupply.Empty(10);
        Add(supply, 4);

        supply.Add(new PieceRange(3, 5));

        LogFrom(supply, 0).Should().Be("4 3 5 : 3");
    }

    [Fact]
    public void Position_beyond_the_end_of_the_log_counts_as_0()
    {
        var supply = PieceSupply.Empty(10);
        LogFrom(supply, 6).Should().Be(" : 0");
        Add(supply, 4);

        LogFrom(supply, 2).Should().Be("4 : 1");
        LogFrom(PieceSupply.Whole(10), 11).Should().Be("0-9 : 10");
    }

    [Fact]
    public void Log_of_a_file_that_was_whole_from_the_beginning_is_in_order()
    {
        var supply = PieceSupply.Whole(10);

        LogFrom(supply, 0).Should().Be("0-9 : 10");
        LogFrom(supply, 3).Should().Be("3-9 : 10");
        LogFrom(supply, 9).Should().Be("9 : 10");
        LogFrom(supply, 10).Should().Be(" : 10");
        LogFrom(PieceSupply.Whole(0), 0).Should().Be(" : 0");
        (supply.Count, supply.IsWhole).Should().Be((10, true));
    }

    [Fact]
    public void One_line_tells_240_ranges_and_the_next_goes_on_where_it_ended()
    {
        var supply = PieceSupply.Empty(1000);
        for (var piece = 0; piece < 1000; piece += 2)
            Add(supply, piece);

        supply.CopyLog(0, _ranges).Should().Be(240);
        _ranges.Should().HaveCount(Limits.MaxPieceRanges).And.Contain(new PieceRange(478, 478));
        supply.CopyLog(240, _ranges).Should().Be(480);
        _ranges[0].Should().Be(new PieceRange(480, 480));
        supply.CopyLog(480, _ranges).Should().Be(500);
        _ranges.Should().HaveCount(20);
    }

    [Fact]
    public void Last_range_of_a_line_takes_in_all_its_neighbours()
    {
        var supply = PieceSupply.Empty(1000);
        for (var piece = 0; piece < 480; piece += 2)
            Add(supply, piece);
        supply.Add(new PieceRange(479, 599));
        Add(supply, 700);

        supply.CopyLog(0, _ranges).Should().Be(361);
        _ranges[^1].Should().Be(new PieceRange(478, 599));
        supply.CopyLog(239, _ranges).Should().Be(362);
        _ranges.Should().Equal(new PieceRange(478, 599), new PieceRange(700, 700));
    }

    [Fact]
    public void Bytes_are_here_where_every_piece_that_they_touch_is()
    {
        const long Piece = Limits.PieceBytes;
        var supply = PieceSupply.Empty(5);
        supply.Add(new PieceRange(1, 2));

        supply.Has(Piece, 1).Should().BeTrue();
        supply.Has(Piece, 2 * (int)Piece).Should().BeTrue();
        supply.Has(Piece - 1, 1).Should().BeFalse();
        supply.Has(Piece - 1, 2).Should().BeFalse();
        supply.Has(3 * Piece - 1, 1).Should().BeTrue();
        supply.Has(3 * Piece - 1, 2).Should().BeFalse();
        supply.Has(0, 5 * Piece).Should().BeFalse();
        PieceSupply.Whole(5).Has(0, 5 * Piece).Should().BeTrue();
    }

    [Fact]
    public void Suggestions_name_each_piece_once_before_any_twice()
    {
        var supply = PieceSupply.Whole(50);

        for (var round = 0; round < 3; round++)
            TakeSuggested(supply, 50).Should().OnlyHaveUniqueItems().And.HaveCount(50);
    }

    [Fact]
    public void Suggestions_leave_out_what_requesters_take_without_being_suggested()
    {
        var supply = PieceSupply.Whole(50);
        var random = new Random(3);
        var taken = Enumerable.Range(0, 50).OrderBy(_ => random.Next()).Take(20).ToList();
        var suggested = TakeSuggested(supply, 1);
        foreach (var other in taken.Where(other => !suggested.Contains(other)))
        {
            Send(supply, other);
            suggested.Add(other);
            suggested.AddRange(TakeSuggested(supply, 1));
        }

        suggested.AddRange(TakeSuggested(supply, 50 - suggested.Count));

        suggested.Should().OnlyHaveUniqueItems().And.HaveCount(50);
    }

    [Fact]
    public void Suggestions_of_a_part_name_new_pieces_before_those_that_were_sent()
    {
        var supply = PieceSupply.Empty(10);
        supply.Add(new PieceRange(2, 3));
        TakeSuggested(supply, 4).Should().BeEquivalentTo([2, 3, 2, 3]);

        Add(supply, 0);

        TakeSuggested(supply, 2).Should().Equal(0, 0);
    }

    [Fact]
    public void Two_requesters_that_ask_before_either_takes_a_piece_are_suggested_different_ones()
    {
        var supply = PieceSupply.Whole(4);

        supply.Suggest(2, _ranges);
        var first = _ranges[0];
        supply.Suggest(2, _ranges);

        _ranges.Should().HaveCount(2);
        _ranges[0].Should().NotBe(first);
    }

    [Theory]
    [InlineData(3, 16)]
    [InlineData(100, 16)]
    [InlineData(0, 16)]
    public void Suggestions_are_distinct_and_as_many_as_asked_or_as_there_are(int pieces, int count)
    {
        var supply = PieceSupply.Whole(pieces);

        supply.Suggest(count, _ranges);

        _ranges.Should().HaveCount(Math.Min(pieces, count)).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public void Piece_that_was_sent_very_often_is_still_here()
    {
        var supply = PieceSupply.Empty(2);
        Add(supply, 0);
        for (var times = 0; times < 300; times++)
            Send(supply, 0);

        supply.Has(0, 1).Should().BeTrue();
        supply.Has(Limits.PieceBytes, 1).Should().BeFalse();
    }

    [Fact]
    public async Task Log_read_while_pieces_come_tells_each_of_them_once()
    {
        const int Pieces = 20_000;
        var supply = PieceSupply.Empty(Pieces);
        var random = new Random(5);
        var order = Enumerable.Range(0, Pieces).OrderBy(_ => random.Next()).ToArray();
        var adding = Task.Run(() => Array.ForEach(order, piece => Add(supply, piece)));
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => ReadAll(supply, Pieces))).ToArray();

        await adding;

        foreach (var read in await Task.WhenAll(readers))
            read.Should().Equal(order);
    }

    private static List<int> ReadAll(PieceSupply supply, int pieces)
    {
        var (read, ranges) = (new List<int>(), new List<PieceRange>());
        for (var position = 0; position < pieces;)
        {
            position = supply.CopyLog(position, ranges);
            foreach (var range in ranges)
                read.AddRange(Enumerable.Range(range.First, range.Count));
        }

        return read;
    }

    // As requesters do that follow the suggestions: each takes the first one.
    private List<int> TakeSuggested(PieceSupply supply, int times)
    {
        var taken = new List<int>();
        for (; times > 0; times--)
        {
            supply.Suggest(16, _ranges);
            taken.Add(_ranges[0].First);
            Send(supply, _ranges[0].First);
        }

        return taken;
    }

    private string LogFrom(PieceSupply supply, int position)
    {
        var next = supply.CopyLog(position, _ranges);
        var ranges = _ranges.Select(range => range.Count == 1 ? $"{range.First}" : $"{range.First}-{range.Last}");
        return string.Join(' ', ranges) + $" : {next}";
    }

    private static void Add(PieceSupply supply, int piece) => supply.Add(new PieceRange(piece, piece));

    private static void Send(PieceSupply supply, int piece) => supply.NoteSending((long)piece * Limits.PieceBytes, Limits.PieceBytes);
}
