using System.Text;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Tests.Identity;

using P2PShare.Testing;

public sealed class FileNameTests
{
    [Fact]
    public void Names_are_ordered_as_their_code_points_are()
    {
        // UTF-16, whose surrogates stand below U+E000, would put the last two the other way round.
        string[] ordered = ["A", "B", "a", "a b", "a.txt", "a/b", "aa", "ç", "ğ", "\uE000", "😀"];

        ordered.Reverse().Select(Parse).Order().Select(name => name.ToString()).Should().Equal(ordered);
    }

    [Fact]
    public void Comparisons_agree_with_each_other()
    {
        var (low, high, highAgain) = (Parse("a"), Parse("b"), Parse("b"));

        (low < high && low <= high && high > low && high >= low && low != high).Should().BeTrue();
        (high == highAgain && high <= highAgain && high >= highAgain && high.Equals((object)highAgain)).Should().BeTrue();
        (low > high || low >= high || low == high || high != highAgain || high < highAgain || high.Equals("b")).Should().BeFalse();
        high.GetHashCode().Should().Be(highAgain.GetHashCode());
    }

    [Fact]
    public void Names_that_differ_only_in_letter_case_are_two_names() => Parse("a").Should().NotBe(Parse("A"));

    [Fact]
    public void A_parsed_name_borrows_its_bytes_and_an_owned_one_has_its_own()
    {
        var line = "abc"u8.ToArray();
        FileName.TryParse(line, out var borrowed, out _).Should().BeTrue();
        var owned = borrowed.ToOwned();

        line[0] = (byte)'x';

        borrowed.ToString().Should().Be("xbc");
        owned.ToString().Should().Be("abc");
    }

    [Theory]
    [InlineData("a.txt")]
    [InlineData("photos/2024/a.txt")]
    [InlineData("yaz tatili ğüşıöç.txt")]
    public void A_name_is_parsed_without_an_allocation_unless_it_may_need_NFC(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var passes = true;

        Allocations.Of(() => passes &= FileName.TryParse(utf8, out _, out _)).Should().Be(0);
        passes.Should().BeTrue();
    }

    private static FileName Parse(string text) =>
        FileName.TryParse(text, out var name, out var refusal) ? name : throw new ArgumentException(refusal, nameof(text));
}
