using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Tests.Registry.Collections;

public sealed class HashIndexTests
{
    private const int Records = 5000;

    private readonly HashIndex<Record, Record.Hashed> _index;

    public HashIndexTests()
    {
        var memory = new TableMemory();
        var records = new Slab<Record>(memory);
        for (var number = 0; number < Records; number++)
            records.Add(default);
        _index = new(memory, records);
    }

    [Fact]
    public void An_empty_index_finds_nothing()
    {
        _index.First(0).Should().Be(0);
        _index.First(uint.MaxValue).Should().Be(0);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(5000)]
    public void Every_number_is_found_after_growing_through_several_rounds(int count)
    {
        for (var number = 1; number <= count; number++)
            _index.Add(HashOf(number), number);

        Enumerable.Range(1, count).Should().OnlyContain(number => WithHash(HashOf(number)).Contains(number));
        WithHash(HashOf(count + 1)).Should().BeEmpty();
    }

    [Fact]
    public void All_numbers_with_a_hash_are_found_and_others_in_the_same_bucket_are_not()
    {
        for (var number = 1; number <= 300; number++)
            _index.Add(number % 2 == 0 ? 7u : 7u + 0x8000_0000, number);

        WithHash(7).Should().BeEquivalentTo(Enumerable.Range(1, 150).Select(i => 2 * i));
        WithHash(7 + 0x8000_0000).Should().HaveCount(150).And.OnlyContain(number => number % 2 == 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_number_can_be_removed_from_any_position_in_its_bucket(int removed)
    {
        foreach (var number in new[] { 1, 2, 3 })
            _index.Add(9, number);

        _index.Remove(removed);

        WithHash(9).Should().BeEquivalentTo(new[] { 1, 2, 3 }.Except([removed]));
    }

    [Fact]
    public void A_removed_number_can_be_added_again_with_another_hash()
    {
        _index.Add(1, 5);
        _index.Remove(5);
        _index.Add(2, 5);

        WithHash(1).Should().BeEmpty();
        WithHash(2).Should().Equal(5);
    }

    [Fact]
    public void Random_additions_and_removals_find_what_a_dictionary_finds()
    {
        var random = new Random(1);
        var model = new Dictionary<int, uint>();
        for (var i = 0; i < 50_000; i++)
        {
            var number = 1 + random.Next(3000);
            if (model.Remove(number))
            {
                _index.Remove(number);
                continue;
            }

            model[number] = HashOf(random.Next(2000));
            _index.Add(model[number], number);
        }

        foreach (var group in model.GroupBy(pair => pair.Value, pair => pair.Key))
            WithHash(group.Key).Should().BeEquivalentTo(group);
    }

    private static uint HashOf(int number) => (uint)number * 0x9E3779B1u;

    private List<int> WithHash(uint hash)
    {
        var found = new List<int>();
        for (var number = _index.First(hash); number != 0; number = _index.Next(number))
            found.Add(number);
        return found;
    }
}
