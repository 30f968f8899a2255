using System.Text;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Tests.Identity;

public sealed class UserNameTests
{
    [Theory]
    [InlineData("yigido")]
    [InlineData("Çağrı Öz")]
    [InlineData("a")]
    [InlineData("../etc/passwd")]
    [InlineData("👩‍👩‍👧")]
    [InlineData("\u200Fשלום")]
    public void A_harmless_name_is_accepted_unchanged(string text)
    {
        UserName.TryParse(Encoding.UTF8.GetBytes(text), out var name, out var refusal).Should().BeTrue(refusal);
        name.Text.Should().Be(text);
    }

    [Theory]
    [InlineData("", "empty user name")]
    [InlineData("a\nb", "control character in user name")]
    [InlineData("a\rb", "control character in user name")]
    [InlineData("a\0", "control character in user name")]
    [InlineData("\u001b[31m", "control character in user name")]
    [InlineData("\u007f", "control character in user name")]
    [InlineData("\u0085", "control character in user name")]
    [InlineData("\u2028", "control character in user name")]
    [InlineData("\u2029", "control character in user name")]
    [InlineData("a\u202eb", "bidirectional override in user name")]
    [InlineData("a\u2066b", "bidirectional override in user name")]
    public void A_harmful_name_is_refused_with_its_reason(string text, string refusal) => RefusalOf(text).Should().Be(refusal);

    [Theory]
    [InlineData("a")]
    [InlineData("ğ")]
    [InlineData("😀")]
    public void A_name_has_at_most_64_Unicode_characters(string character)
    {
        RefusalOf(string.Concat(Enumerable.Repeat(character, 64))).Should().BeNull();
        RefusalOf(string.Concat(Enumerable.Repeat(character, 65))).Should().Be("user name longer than 64 characters");
    }

    [Fact]
    public void Invalid_UTF_8_is_refused()
    {
        UserName.TryParse([0x61, 0xC3], out _, out var refusal).Should().BeFalse();
        refusal.Should().Be("user name is not valid UTF-8");
    }

    private static string? RefusalOf(string text)
    {
        var accepted = UserName.TryParse(Encoding.UTF8.GetBytes(text), out _, out var refusal);
        accepted.Should().Be(refusal is null);
        return refusal;
    }
}
