using P2PShare.Peer.Downloads.Scheduling;

namespace P2PShare.Peer.Tests.Downloads.Scheduling;

/// <summary>Random changes of two sets, compared with sets of numbers; the sizes are those around a word of 64 bits.</summary>
public sealed class PieceSetTests
{
    public static TheoryData<int> Sizes => [0, 1, 63, 64, 65, 1000];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Set_agrees_with_a_set_of_numbers_after_random_changes(int pieces)
    {
        var random = new Random(pieces);
        var (set, other) = (new PieceSet(pieces), new PieceSet(pieces));
        var (model, otherModel) = (new HashSet<int>(), new HashSet<int>());
        for (var step = 0; step < 2000 && pieces > 0; step++)
        {
            // Long runs of additions and of removals, so that the sets are full and empty at times.
            var isAdding = step / 300 % 2 == 0 ? random.Next(10) > 0 : random.Next(10) == 0;
            Change(set, model, random.Next(pieces), isAdding);
            Change(other, otherModel, random.Next(pieces), !isAdding);
            if (step % 20 == 0)
                Compare(pieces, set, model, other, otherModel);
        }

        Compare(pieces, set, model, other, otherModel);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Set_of_all_pieces_has_each_piece_of_the_file_and_no_other(int pieces)
    {
        var all = PieceSet.All(pieces);

        all.Count.Should().Be(pieces);
        BitsOf(all, null).Should().Equal(Enumerable.Range(0, pieces));
        all.Overlaps(null).Should().Be(pieces > 0);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Search_begins_at_its_start_and_goes_on_at_0_after_the_last_piece(int pieces)
    {
        var random = new Random(pieces);
        foreach (var density in new[] { 0.0, 0.01, 0.5, 1.0 })
        {
            var (set, other) = (new PieceSet(pieces), new PieceSet(pieces));
            for (var piece = 0; piece < pieces; piece++)
            {
                if (random.NextDouble() < density)
                    set.Add(piece);
                if (random.Next(2) == 0)
                    other.Add(piece);
            }

            for (var start = 0; start < Math.Max(pieces, 1); start++)
            {
                var inOrder = Enumerable.Range(0, pieces).Select(step => (start + step) % pieces).Where(set.Contains).ToList();
                set.FindFrom(start, null).Should().Be(inOrder.Append(-1).First());
                set.FindFrom(start, other).Should().Be(inOrder.Where(other.Contains).Append(-1).First());
            }
        }
    }

    [Fact]
    public void Search_finds_a_piece_before_its_start_in_the_same_word()
    {
        var set = new PieceSet(64);
        set.Add(3);

        set.FindFrom(4, null).Should().Be(3);
        set.FindFrom(3, null).Should().Be(3);
    }

    private static void Change(PieceSet set, HashSet<int> model, int piece, bool isAdding)
    {
        if (isAdding)
            set.Add(piece).Should().Be(model.Add(piece));
        else
            set.Remove(piece).Should().Be(model.Remove(piece));
    }

    private static void Compare(int pieces, PieceSet set, HashSet<int> model, PieceSet other, HashSet<int> otherModel)
    {
        set.Count.Should().Be(model.Count);
        Enumerable.Range(0, pieces).Where(set.Contains).Should().Equal(model.Order());
        BitsOf(set, null).Should().Equal(model.Order());
        BitsOf(set, other).Should().Equal(model.Intersect(otherModel).Order());
        set.Overlaps(null).Should().Be(model.Count > 0);
        set.Overlaps(other).Should().Be(model.Overlaps(otherModel));
        set.HasAnyExcept(other).Should().Be(model.Except(otherModel).Any());
    }

    private static List<int> BitsOf(PieceSet set, PieceSet? other)
    {
        var pieces = new List<int>();
        for (var word = 0; word < set.WordCount; word++)
        {
            for (var bit = 0; bit < 64; bit++)
            {
                if ((set.CommonBits(word, other) >> bit & 1) != 0)
                    pieces.Add(PieceSet.PieceAt(word, bit));
            }
        }

        return pieces;
    }
}
