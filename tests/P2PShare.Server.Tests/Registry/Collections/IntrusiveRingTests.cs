using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Tests.Registry.Collections;

public sealed class IntrusiveRingTests
{
    private readonly Slab<Record> _slab = new(new TableMemory());
    private readonly IntrusiveRing<Record, Record.InRing> _rings;
    private int _first;

    public IntrusiveRingTests() => _rings = new(_slab);

    [Fact]
    public void What_joins_comes_last()
    {
        Fill(4);

        Ring().Should().Equal(1, 2, 3, 4);
    }

    [Theory]
    [InlineData(1, new[] { 2, 3 })]
    [InlineData(2, new[] { 1, 3 })]
    [InlineData(3, new[] { 1, 2 })]
    public void Any_record_may_leave(int leaving, int[] left)
    {
        Fill(3);

        _rings.Remove(ref _first, leaving);

        Ring().Should().Equal(left);
    }

    [Fact]
    public void The_ring_is_empty_when_the_only_record_left_and_can_be_joined_again()
    {
        Fill(1);
        _rings.Remove(ref _first, 1);
        _first.Should().Be(0);

        _rings.Append(ref _first, 1);
        Ring().Should().Equal(1);
    }

    [Theory]
    [InlineData(1, new[] { 2, 3, 4, 1 })]
    [InlineData(2, new[] { 1, 3, 4, 2 })]
    [InlineData(4, new[] { 1, 2, 3, 4 })]
    public void Whoever_had_a_turn_goes_to_the_back(int number, int[] order)
    {
        Fill(4);

        _rings.MoveToBack(ref _first, number);

        Ring().Should().Equal(order);
    }

    [Fact]
    public void Alone_one_is_first_and_last()
    {
        Fill(1);
        _rings.MoveToBack(ref _first, 1);

        Ring().Should().Equal(1);
    }

    private void Fill(int count)
    {
        for (var i = 0; i < count; i++)
            _rings.Append(ref _first, _slab.Add(default));
    }

    // Once forwards; the links back must say the same.
    private List<int> Ring()
    {
        var ring = new List<int>();
        if (_first == 0)
            return ring;
        var number = _first;
        do
        {
            ring.Add(number);
            _slab[_rings.Next(number)].Link.Previous.Should().Be(number);
            number = _rings.Next(number);
        }
        while (number != _first);
        return ring;
    }
}
