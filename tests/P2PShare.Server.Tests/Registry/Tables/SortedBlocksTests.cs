using P2PShare.Server.Registry.Tables;

namespace P2PShare.Server.Tests.Registry.Tables;

public sealed class SortedBlocksTests
{
    private const int Block = 512;

    private readonly SortedBlocks _blocks = new();

    [Fact]
    public void Empty_blocks_hold_nothing()
    {
        _blocks.Find(At(1)).Entry.Should().Be(0);
        ItemsAfter(0).Should().BeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Block)]
    [InlineData(Block + 1)]
    [InlineData((2 * Block) + 1)]
    [InlineData(5000)]
    public void Items_are_in_order_whether_they_came_up_down_or_mixed(int count)
    {
        foreach (var order in Orders(count))
        {
            var blocks = new SortedBlocks();
            foreach (var item in order)
                blocks.Insert(At(item), Item(item));

            ItemsAfter(blocks, 0, count + 1).Should().Equal(Enumerable.Range(1, count));
            Enumerable.Range(1, count).Select(item => blocks.Find(At(item)).Entry).Should().Equal(Enumerable.Range(1, count));
            blocks.Find(At(0)).Entry.Should().Be(0);
            blocks.Find(At(count + 1)).Entry.Should().Be(0);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void What_comes_in_order_among_others_fills_its_blocks(int step)
    {
        const int runs = 20;
        const int length = 4 * Block;
        var places = Enumerable.Range(1, length).Select(i => step > 0 ? i : length + 1 - i);

        // One of each run after the other, as several owners of as many folders announce them.
        Insert(places.SelectMany(i => Enumerable.Range(0, runs).Select(run => (run * length) + i)));

        _blocks.BlockCount.Should().BeLessThan(runs * length / Block * 3 / 2);
    }

    [Fact]
    public void What_comes_in_reverse_behind_a_full_block_makes_no_block_for_each()
    {
        Insert(Enumerable.Range(1, Block));
        Insert([10_000]);
        Insert(Enumerable.Range(2000, 2000).Reverse());

        _blocks.BlockCount.Should().BeLessThan(12);
        ItemsAfter(0).Should().BeInAscendingOrder().And.HaveCount(Block + 2001);
    }

    [Fact]
    public void Items_can_be_removed_in_any_order_and_put_back()
    {
        const int count = 3 * Block;
        foreach (var order in Orders(count))
        {
            Insert(Enumerable.Range(1, count));
            foreach (var (item, left) in order.Select((item, i) => (item, count - i - 1)))
            {
                _blocks.Remove(At(item));
                _blocks.Find(At(item)).Entry.Should().Be(0);
                if (left % 100 == 0)
                    ItemsAfter(0).Should().HaveCount(left).And.BeInAscendingOrder();
            }
        }
    }

    [Fact]
    public void Copying_goes_on_over_the_end_of_a_block()
    {
        Insert(Enumerable.Range(1, 3 * Block));

        ItemsAfter(_blocks, Block - 1, 3).Should().Equal(Block, Block + 1, Block + 2);
        ItemsAfter(_blocks, Block, 3).Should().Equal(Block + 1, Block + 2, Block + 3);
        ItemsAfter(_blocks, 3 * Block, 3).Should().BeEmpty();
        ItemsAfter(_blocks, (3 * Block) - 1, 3).Should().Equal(3 * Block);
    }

    [Fact]
    public void Copying_begins_at_a_place_where_nothing_stands()
    {
        Insert(Enumerable.Range(1, 2 * Block).Select(i => 2 * i));

        ItemsAfter(_blocks, (2 * Block) + 1, 2).Should().Equal((2 * Block) + 2, (2 * Block) + 4);
        ItemsAfter(_blocks, 1, 1).Should().Equal(2);
    }

    [Fact]
    public void Blocks_that_shrank_are_merged_with_a_neighbour_on_either_side()
    {
        Insert(Enumerable.Range(1, 3 * Block));
        int[] kept = [1, 2, Block + 1, Block + 2, (2 * Block) + 1, 3 * Block];
        foreach (var item in Enumerable.Range(1, 3 * Block).Except(kept))
            _blocks.Remove(At(item));
        ItemsAfter(0).Should().Equal(kept);

        foreach (var item in kept)
        {
            _blocks.Remove(At(item));
            _blocks.Insert(At(item), Item(item));
        }

        ItemsAfter(0).Should().Equal(kept);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_insertions_and_removals_keep_the_order(int seed)
    {
        var random = new Random(seed);
        var model = new SortedSet<int>();
        for (var i = 0; i < 50_000; i++)
        {
            // The number of items swings, so that blocks are split and merged again and again.
            var item = 1 + random.Next(4000);
            var growing = i / 5000 % 2 == 0;
            if (model.Contains(item) && (!growing || random.Next(4) == 0))
            {
                model.Remove(item);
                _blocks.Remove(At(item));
            }
            else if (!model.Contains(item) && (growing || random.Next(4) == 0))
            {
                model.Add(item);
                _blocks.Insert(At(item), Item(item));
            }
        }

        ItemsAfter(0).Should().Equal(model);
    }

    private static IEnumerable<int[]> Orders(int count)
    {
        var up = Enumerable.Range(1, count).ToArray();
        var mixed = up.ToArray();
        new Random(count).Shuffle(mixed);
        return [up, [.. up.Reverse()], mixed];
    }

    private static List<int> ItemsAfter(SortedBlocks blocks, int place, int room)
    {
        var items = new SortedEntry[room];
        return [.. items.Take(blocks.CopyAfter(At(place), items)).Select(item => item.Entry)];
    }

    private static SortedEntry Item(int number) => new(number, Name: 0, Owner: 0, Port: 0);

    private static NumberPlace At(int number) => new(number);

    private List<int> ItemsAfter(int place) => ItemsAfter(_blocks, place, 10_000);

    private void Insert(IEnumerable<int> items)
    {
        foreach (var item in items)
            _blocks.Insert(At(item), Item(item));
    }

    private readonly struct NumberPlace(int number) : ISortKey
    {
        public int CompareTo(SortedEntry item) => number.CompareTo(item.Entry);
    }
}
