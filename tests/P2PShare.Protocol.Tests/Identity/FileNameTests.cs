using System.Text;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Protocol.Tests.Identity;

public sealed class FileNameTests
{
    [Fact]
    public void Names_are_ordered_by_code_points()
    {
        // UTF-16, whose surrogates are below U+E000, would reverse the last two.
        string[] ordered = ["A", "B", "a", "a b", "a.txt", "a/b", "aa", "ç", "ğ", "\uE000", "😀"];

        ordered.Reverse().Select(Parse).Order().Select(name => name.ToString()).Should().Equal(ordered);
    }

    [Fact]
    public void Comparison_operators_are_consistent()
    {
        var (low, high, highAgain) = (Parse("a"), Parse("b"), Parse("b"));

        (low < high && low <= high && high > low && high >= low && low != high).Should().BeTrue();
        (high == highAgain && high <= highAgain && high >= highAgain && high.Equals((object)highAgain)).Should().BeTrue();
        (low > high || low >= high || low == high || high != highAgain || high < highAgain || high.Equals("b")).Should().BeFalse();
        high.GetHashCode().Should().Be(highAgain.GetHashCode());
    }

    [Fact]
    public void Names_that_differ_only_in_case_are_not_equal() => Parse("a").Should().NotBe(Parse("A"));

    [Fact]
    public void A_parsed_name_refers_to_its_source_and_ToOwned_copies_it()
    {
        var line = "abc"u8.ToArray();
        FileName.TryParse(line, out var parsed, out _).Should().BeTrue();
        var owned = parsed.ToOwned();

        line[0] = (byte)'x';

        parsed.ToString().Should().Be("xbc");
        owned.ToString().Should().Be("abc");
    }

    [Theory]
    [InlineData("a.txt")]
    [InlineData("photos/2024/a.txt")]
    [InlineData("yaz tatili ğüşıöç.txt")]
    public void A_name_without_combining_characters_is_parsed_without_an_allocation(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var passes = true;

        Allocations.Of(() => passes &= FileName.TryParse(utf8, out _, out _)).Should().Be(0);
        passes.Should().BeTrue();
    }

    private static FileName Parse(string text) =>
        FileName.TryParse(text, out var name, out var refusal) ? name : throw new ArgumentException(refusal, nameof(text));
}
