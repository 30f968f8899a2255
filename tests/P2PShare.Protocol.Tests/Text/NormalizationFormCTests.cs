using System.Text;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Tests.Text;

/// <summary>Compared with the runtime's own normalization, which takes its tables from the machine's ICU.</summary>
public sealed class NormalizationFormCTests
{
    private const int RandomTexts = 100_000;

    // Code points with a decomposition or a combining class that Unicode 16 and 17 added: a machine with a newer ICU knows them.
    private static readonly (int First, int Last)[] Newer =
    [
        (0x0897, 0x0897), (0x1ACF, 0x1AFF), (0x105C0, 0x105FF), (0x10D40, 0x10D8F), (0x10EC0, 0x10EFF), (0x11380, 0x113FF),
        (0x11B60, 0x11B7F),
        (0x11DB0, 0x11DEF), (0x16100, 0x1613F), (0x16D40, 0x16D7F), (0x1E5D0, 0x1E5FF), (0x1E6C0, 0x1E6FF),
    ];

    [Fact]
    public void Every_code_point_alone_and_before_a_mark_has_the_normal_form_that_the_runtime_gives()
    {
        foreach (var rune in CodePoints())
        {
            Check(rune.ToString());
            Check($"{rune}\u0301");
        }
    }

    [Fact]
    public void Random_texts_of_marks_jamo_and_letters_have_the_normal_form_that_the_runtime_gives()
    {
        var random = new Random(15);
        var interesting = CodePoints().Where(rune => IsInteresting(rune.ToString())).ToArray();
        for (var count = 0; count < RandomTexts; count++)
            Check(string.Concat(random.GetItems(interesting, random.Next(1, 8)).Select(each => each.ToString())));
    }

    [Theory]
    [InlineData("u\u0308", "ü")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("\u1112\u1161\u11ab", "한")]
    [InlineData("\u212a", "K")]
    [InlineData("\u0958", "\u0915\u093c")]
    public void A_text_is_composed_as_Unicode_says(string text, string expected) =>
        Encoding.UTF8.GetString(Normalized(text)).Should().Be(expected);

    private static void Check(string text)
    {
        if (Encoding.UTF8.GetString(Normalized(text)) != text.Normalize())
            Assert.Fail($"{string.Join(' ', text.EnumerateRunes().Select(rune => $"U+{rune.Value:X4}"))} is normalized to something else");
    }

    private static byte[] Normalized(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return NormalizationFormC.Normalize(bytes) ?? bytes;
    }

    private static IEnumerable<Rune> CodePoints() =>
        Enumerable.Range(0, 0x110000)
            .Where(Rune.IsValid)
            .Select(value => new Rune(value))
            .Where(rune => !rune.IsNoncharacter() && !Newer.Any(range => rune.Value >= range.First && rune.Value <= range.Last));

    private static bool IsInteresting(string text) =>
        text.Normalize(NormalizationForm.FormD) != text
        || Rune.GetUnicodeCategory(text.EnumerateRunes().First()) is System.Globalization.UnicodeCategory.NonSpacingMark
        || text[0] is >= 'a' and <= 'z' or (>= '\u1100' and <= '\u11ff');
}
