using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Tests.Registry.Collections;

public sealed class IntrusiveRingTests
{
    private readonly Slab<Record> _slab = new(new TableMemory());
    private readonly IntrusiveRing<Record, Record.InRing> _rings;
    private int _head;

    public IntrusiveRingTests() => _rings = new(_slab);

    [Fact]
    public void An_appended_record_is_the_last_one()
    {
        Fill(4);

        Ring().Should().Equal(1, 2, 3, 4);
    }

    [Theory]
    [InlineData(1, new[] { 2, 3 })]
    [InlineData(2, new[] { 1, 3 })]
    [InlineData(3, new[] { 1, 2 })]
    public void Any_record_can_be_removed(int removed, int[] left)
    {
        Fill(3);

        _rings.Remove(ref _head, removed);

        Ring().Should().Equal(left);
    }

    [Fact]
    public void A_ring_is_empty_after_its_only_record_is_removed_and_can_be_appended_to_again()
    {
        Fill(1);
        _rings.Remove(ref _head, 1);
        _head.Should().Be(0);

        _rings.Append(ref _head, 1);
        Ring().Should().Equal(1);
    }

    [Theory]
    [InlineData(1, new[] { 2, 3, 4, 1 })]
    [InlineData(2, new[] { 1, 3, 4, 2 })]
    [InlineData(4, new[] { 1, 2, 3, 4 })]
    public void MoveToBack_makes_a_record_the_last_one(int number, int[] order)
    {
        Fill(4);

        _rings.MoveToBack(ref _head, number);

        Ring().Should().Equal(order);
    }

    [Fact]
    public void A_single_record_stays_both_head_and_tail_when_it_is_moved_to_the_back()
    {
        Fill(1);
        _rings.MoveToBack(ref _head, 1);

        Ring().Should().Equal(1);
    }

    private void Fill(int count)
    {
        for (var i = 0; i < count; i++)
            _rings.Append(ref _head, _slab.Add(default));
    }

    // Follows the links forwards, and checks that those backwards agree.
    private List<int> Ring()
    {
        var ring = new List<int>();
        if (_head == 0)
            return ring;
        var number = _head;
        do
        {
            ring.Add(number);
            _slab[_rings.Next(number)].Link.Previous.Should().Be(number);
            number = _rings.Next(number);
        }
        while (number != _head);
        return ring;
    }
}
