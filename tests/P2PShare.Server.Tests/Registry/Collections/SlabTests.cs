using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Tests.Registry.Collections;

public sealed class SlabTests
{
    private readonly Slab<Record> _slab = new(new TableMemory());

    [Fact]
    public void Numbers_count_from_one_across_chunks()
    {
        Enumerable.Range(1, 5000).Select(value => _slab.Add(new Record { Value = value })).Should().Equal(Enumerable.Range(1, 5000));
        Enumerable.Range(1, 5000).Select(number => _slab[number].Value).Should().Equal(Enumerable.Range(1, 5000));
    }

    [Fact]
    public void A_record_is_changed_in_place()
    {
        var number = _slab.Add(new Record { Value = 1 });
        _slab[number].Value = 2;

        _slab[number].Value.Should().Be(2);
    }

    [Fact]
    public void Numbers_of_removed_records_are_reused_with_new_contents()
    {
        for (var i = 0; i < 5; i++)
            _slab.Add(new Record { Value = 9, Link = new RingLink { Next = 9, Previous = 9 } });
        _slab.Remove(2);
        _slab.Remove(4);
        _slab.Remove(5);

        var numbers = new[] { _slab.Add(default), _slab.Add(default), _slab.Add(default), _slab.Add(default) };

        numbers.Should().Equal(5, 4, 2, 6);
        numbers.Select(number => _slab[number]).Should().OnlyContain(record => record.Equals(default(Record)));
        _slab[1].Value.Should().Be(9);
    }
}
