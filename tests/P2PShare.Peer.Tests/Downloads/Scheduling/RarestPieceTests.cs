using P2PShare.Peer.Downloads.Scheduling;

namespace P2PShare.Peer.Tests.Downloads.Scheduling;

public sealed class RarestPieceTests
{
    private const int Pieces = 200;

    private readonly Random _random = new(1);
    private readonly ushort[] _copies = new ushort[Pieces];

    [Fact]
    public void Piece_with_the_fewest_copies_is_found_in_whichever_word_it_is()
    {
        Array.Fill(_copies, (ushort)3);
        foreach (var rarest in new[] { 0, 63, 64, 130, Pieces - 1 })
        {
            _copies[rarest] = 2;
            for (var times = 0; times < 20; times++)
                Find(PieceSet.All(Pieces), null).Should().Be(rarest);
            _copies[rarest] = 3;
        }
    }

    [Fact]
    public void Piece_without_a_copy_is_rarer_than_a_piece_with_one()
    {
        Array.Fill(_copies, (ushort)1);
        _copies[70] = 0;

        Find(PieceSet.All(Pieces), null).Should().Be(70);
    }

    [Fact]
    public void Equally_rare_pieces_are_found_about_equally_often()
    {
        Array.Fill(_copies, (ushort)9);
        int[] equals = [0, 1, 63, 64, 199];
        foreach (var piece in equals)
            _copies[piece] = 1;

        var found = Enumerable.Range(0, 5000).Select(_ => Find(PieceSet.All(Pieces), null)).CountBy(piece => piece).ToList();

        found.Select(pair => pair.Key).Should().BeEquivalentTo(equals);
        found.Should().OnlyContain(pair => pair.Value > 800 && pair.Value < 1200);
    }

    [Fact]
    public void Only_pieces_that_are_missing_and_that_the_owner_has_are_found()
    {
        var (missing, owned) = (SetOf(5, 70, 150), SetOf(6, 70, 151));
        _copies[70] = 100;

        Find(missing, owned).Should().Be(70);
        Find(missing, SetOf(6, 151)).Should().Be(-1);
        Find(new PieceSet(Pieces), null).Should().Be(-1);
    }

    [Fact]
    public void Of_a_large_file_a_random_part_is_looked_at()
    {
        const int Many = 1_000_000;
        var copies = new ushort[Many];
        Array.Fill(copies, (ushort)2);
        copies[0] = 1;
        var all = PieceSet.All(Many);

        // The rarest piece is in one of 15,625 words, of which a choice looks at 64.
        var found = Enumerable.Range(0, 200).Select(_ => RarestPiece.Find(all, null, copies, _random)).ToList();

        found.Count(piece => piece == 0).Should().BeLessThan(20);
        found.Max().Should().BeGreaterThan(Many / 2);
    }

    private int Find(PieceSet missing, PieceSet? owned) => RarestPiece.Find(missing, owned, _copies, _random);

    private static PieceSet SetOf(params int[] pieces)
    {
        var set = new PieceSet(Pieces);
        foreach (var piece in pieces)
            set.Add(piece);
        return set;
    }
}
