using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Tests.Registry.Collections;

public sealed class SortedBlocksTests
{
    private const int Block = 512;

    private readonly SortedBlocks<int> _blocks = new();

    [Fact]
    public void An_empty_list_contains_nothing()
    {
        Contains(_blocks, 1).Should().BeFalse();
        ItemsAfter(0).Should().BeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Block)]
    [InlineData(Block + 1)]
    [InlineData((2 * Block) + 1)]
    [InlineData(5000)]
    public void Items_are_sorted_whether_they_were_inserted_ascending_descending_or_shuffled(int count)
    {
        foreach (var order in Orders(count))
        {
            var blocks = new SortedBlocks<int>();
            foreach (var item in order)
                blocks.Insert(At(item), item);

            ItemsAfter(blocks, 0, count + 1).Should().Equal(Enumerable.Range(1, count));
            Enumerable.Range(1, count).Should().OnlyContain(item => Contains(blocks, item));
            Contains(blocks, 0).Should().BeFalse();
            Contains(blocks, count + 1).Should().BeFalse();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Sorted_runs_that_are_inserted_interleaved_fill_their_blocks(int step)
    {
        const int runs = 20;
        const int length = 4 * Block;
        var offsets = Enumerable.Range(1, length).Select(i => step > 0 ? i : length + 1 - i);

        // One item of each run after the other, as when several owners announce a folder each at the same time.
        Insert(offsets.SelectMany(i => Enumerable.Range(0, runs).Select(run => (run * length) + i)));

        _blocks.BlockCount.Should().BeLessThan(runs * length / Block * 3 / 2);
    }

    [Fact]
    public void Descending_items_after_a_full_block_do_not_make_a_block_each()
    {
        Insert(Enumerable.Range(1, Block));
        Insert([10_000]);
        Insert(Enumerable.Range(2000, 2000).Reverse());

        _blocks.BlockCount.Should().BeLessThan(12);
        ItemsAfter(0).Should().BeInAscendingOrder().And.HaveCount(Block + 2001);
    }

    [Fact]
    public void Items_can_be_removed_in_any_order_and_inserted_again()
    {
        const int count = 3 * Block;
        foreach (var order in Orders(count))
        {
            Insert(Enumerable.Range(1, count));
            foreach (var (item, left) in order.Select((item, i) => (item, count - i - 1)))
            {
                _blocks.Remove(At(item));
                Contains(_blocks, item).Should().BeFalse();
                if (left % 100 == 0)
                    ItemsAfter(0).Should().HaveCount(left).And.BeInAscendingOrder();
            }
        }
    }

    [Fact]
    public void CopyAfter_continues_in_the_next_block()
    {
        Insert(Enumerable.Range(1, 3 * Block));

        ItemsAfter(_blocks, Block - 1, 3).Should().Equal(Block, Block + 1, Block + 2);
        ItemsAfter(_blocks, Block, 3).Should().Equal(Block + 1, Block + 2, Block + 3);
        ItemsAfter(_blocks, 3 * Block, 3).Should().BeEmpty();
        ItemsAfter(_blocks, (3 * Block) - 1, 3).Should().Equal(3 * Block);
    }

    [Fact]
    public void CopyAfter_may_begin_at_a_key_without_an_item()
    {
        Insert(Enumerable.Range(1, 2 * Block).Select(i => 2 * i));

        ItemsAfter(_blocks, (2 * Block) + 1, 2).Should().Equal((2 * Block) + 2, (2 * Block) + 4);
        ItemsAfter(_blocks, 1, 1).Should().Equal(2);
    }

    [Fact]
    public void Small_blocks_are_merged_with_the_neighbour_on_either_side()
    {
        Insert(Enumerable.Range(1, 3 * Block));
        int[] kept = [1, 2, Block + 1, Block + 2, (2 * Block) + 1, 3 * Block];
        foreach (var item in Enumerable.Range(1, 3 * Block).Except(kept))
            _blocks.Remove(At(item));
        ItemsAfter(0).Should().Equal(kept);

        foreach (var item in kept)
        {
            _blocks.Remove(At(item));
            _blocks.Insert(At(item), item);
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
            // The number of items grows and shrinks, so that blocks are split and merged many times.
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
                _blocks.Insert(At(item), item);
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

    private static List<int> ItemsAfter(SortedBlocks<int> blocks, int key, int room)
    {
        var items = new int[room];
        return [.. items.Take(blocks.CopyAfter(At(key), items))];
    }

    private static bool Contains(SortedBlocks<int> blocks, int item) =>
        blocks.TryFind(At(item), out var position) && blocks[position] == item;

    private static NumberKey At(int number) => new(number);

    private List<int> ItemsAfter(int key) => ItemsAfter(_blocks, key, 10_000);

    private void Insert(IEnumerable<int> items)
    {
        foreach (var item in items)
            _blocks.Insert(At(item), item);
    }

    private readonly struct NumberKey(int number) : ISortKey<int>
    {
        public int CompareTo(int item) => number.CompareTo(item);
    }
}
