using P2PShare.Client.Text;

namespace P2PShare.Client.Tests.Text;

public sealed class NaturalOrderTests
{
    [Fact]
    public void Numbers_are_ordered_by_value_and_letters_without_case()
    {
        string[] expected = ["", "a", "A2", "a10", "a10b", "a010c", "b", "f2/x9", "f2/x10", "f10", "ğ1"];

        expected.Reverse().Order(NaturalOrder.Instance).Should().Equal(expected);
    }

    [Fact]
    public void Order_is_total_so_that_different_names_are_never_equal()
    {
        string[] names = ["a1", "A1", "a01", "A01", "a001", "1", "01", "a", "A", "99999999999999999999999", "099999999999999999999999"];

        foreach (var (one, other) in names.SelectMany(_ => names, (one, other) => (one, other)))
        {
            var order = NaturalOrder.Instance.Compare(one, other);
            (order == 0).Should().Be(one == other);
            Math.Sign(NaturalOrder.Instance.Compare(other, one)).Should().Be(-Math.Sign(order));
        }
    }
}
