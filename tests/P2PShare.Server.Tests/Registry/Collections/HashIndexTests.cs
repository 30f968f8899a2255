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
    public void Everything_is_found_while_it_grows_through_its_rounds(int count)
    {
        for (var number = 1; number <= count; number++)
            _index.Add(HashOf(number), number);

        Enumerable.Range(1, count).Should().OnlyContain(number => Under(HashOf(number)).Contains(number));
        Under(HashOf(count + 1)).Should().BeEmpty();
    }

    [Fact]
    public void Numbers_under_one_hash_are_all_found_and_those_beside_it_in_the_bucket_are_not()
    {
        for (var number = 1; number <= 300; number++)
            _index.Add(number % 2 == 0 ? 7u : 7u + 0x8000_0000, number);

        Under(7).Should().BeEquivalentTo(Enumerable.Range(1, 150).Select(i => 2 * i));
        Under(7 + 0x8000_0000).Should().HaveCount(150).And.OnlyContain(number => number % 2 == 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_number_leaves_from_any_place_of_its_bucket(int leaving)
    {
        foreach (var number in new[] { 1, 2, 3 })
            _index.Add(9, number);

        _index.Remove(leaving);

        Under(9).Should().BeEquivalentTo(new[] { 1, 2, 3 }.Except([leaving]));
    }

    [Fact]
    public void A_number_that_left_may_come_back_under_another_hash()
    {
        _index.Add(1, 5);
        _index.Remove(5);
        _index.Add(2, 5);

        Under(1).Should().BeEmpty();
        Under(2).Should().Equal(5);
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
            Under(group.Key).Should().BeEquivalentTo(group);
    }

    private static uint HashOf(int number) => (uint)number * 0x9E3779B1u;

    private List<int> Under(uint hash)
    {
        var found = new List<int>();
        for (var number = _index.First(hash); number != 0; number = _index.Next(number))
            found.Add(number);
        return found;
    }
}
