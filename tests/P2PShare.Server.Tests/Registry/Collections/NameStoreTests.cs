using P2PShare.Protocol;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Tests.Registry.Collections;

public sealed class NameStoreTests
{
    private const int ChunkBytes = 64 * 1024;

    private readonly NameStore _names = new(new TableMemory(), Limits.MaxFileNameBytes);

    [Fact]
    public void Names_of_every_length_are_stored_unchanged()
    {
        var numbers = Enumerable.Range(1, Limits.MaxFileNameBytes).ToDictionary(length => _names.Add(NameOf(length)), length => length);

        numbers.Keys.Should().NotContain(0, "0 stands for none").And.HaveCount(Limits.MaxFileNameBytes);
        foreach (var (number, length) in numbers)
            _names[number].ToArray().Should().Equal(NameOf(length));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(253)]
    [InlineData(254)]
    [InlineData(1022)]
    [InlineData(1023)]
    [InlineData(1024)]
    public void Names_at_the_ends_of_chunks_are_stored_unchanged(int length)
    {
        var numbers = Enumerable.Range(0, 3 * ChunkBytes / (length + 2)).Select(i => (Number: _names.Add(NameOf(length, i)), i)).ToList();

        foreach (var (number, i) in numbers)
            _names[number].ToArray().Should().Equal(NameOf(length, i));
        numbers.Select(name => name.Number).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void The_cells_of_a_removed_name_are_reused_for_the_next_name_of_that_size()
    {
        var (first, second) = (_names.Add("aaaa"u8), _names.Add("bbbb"u8));
        _names.Remove(first);
        _names.Remove(second);

        _names.Add("cccccc"u8).Should().Be(second, "six bytes need two cells, as four do");
        _names.Add("ddd"u8).Should().Be(first);
        _names.Add("eee"u8).Should().NotBe(first).And.NotBe(second);
        _names[second].ToArray().Should().Equal("cccccc"u8.ToArray());
        _names[first].ToArray().Should().Equal("ddd"u8.ToArray());
    }

    [Fact]
    public void The_cells_of_a_removed_name_are_not_reused_for_a_name_of_another_size()
    {
        var (small, neighbour) = (_names.Add("aa"u8), _names.Add("bb"u8));
        _names.Remove(small);

        _names.Add("longer"u8).Should().NotBe(small);
        _names[neighbour].ToArray().Should().Equal("bb"u8.ToArray());
    }

    [Fact]
    public void Adding_and_removing_the_same_names_repeatedly_takes_no_more_memory()
    {
        var highest = 0;
        for (var round = 0; round < 20; round++)
        {
            var numbers = Enumerable.Range(1, Limits.MaxFileNameBytes).Select(length => _names.Add(NameOf(length))).ToList();
            highest = round == 0 ? numbers.Max() : highest;
            numbers.Max().Should().Be(highest);
            numbers.ForEach(_names.Remove);
        }
    }

    private static byte[] NameOf(int length, int seed = 0) =>
        [.. Enumerable.Range(0, length).Select(i => (byte)('a' + ((i + seed + length) % 26)))];
}
