using System.Text;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Lists;
using P2PShare.Server.Tests.Registry;
using P2PShare.Testing;

namespace P2PShare.Server.Tests.Lists;

public sealed class NamePatternTests
{
    [Theory]
    [InlineData("rapor", "rapor.pdf", true)]
    [InlineData("por", "rapor.pdf", true)]
    [InlineData(".pdf", "rapor.pdf", true)]
    [InlineData("RAPOR", "rapor.pdf", true)]
    [InlineData("rapor.pdff", "rapor.pdf", false)]
    [InlineData("aab", "aaab", true)]
    [InlineData("yaz tatili", "2024 yaz tatili.txt", true)]
    [InlineData("/", "a/b", true)]
    [InlineData(".", "ab", false)]
    [InlineData("[a]", "a", false)]
    public void Text_without_wildcards_matches_any_part_of_a_name(string text, string name, bool matches) => Check(text, name, matches);

    [Theory]
    [InlineData("*", "a", true)]
    [InlineData("**", "a", true)]
    [InlineData("*.txt", "a.txt", true)]
    [InlineData("*.txt", ".txt", true)]
    [InlineData("*.txt", "a.txt.bak", false)]
    [InlineData("a*", "a", true)]
    [InlineData("a*", "ba", false)]
    [InlineData("a*c*e", "abcde", true)]
    [InlineData("a*c*e", "abcdef", false)]
    [InlineData("*a*b", "aab", true)]
    [InlineData("a*a", "a", false)]
    [InlineData("notlar/*", "notlar/alt/selam.txt", true)]
    public void A_star_matches_any_characters_or_none(string text, string name, bool matches) => Check(text, name, matches);

    [Theory]
    [InlineData("?", "a", true)]
    [InlineData("?", "ab", false)]
    [InlineData("?", "ş", true)]
    [InlineData("?", "😀", true)]
    [InlineData("??", "😀", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("?*", "a", true)]
    [InlineData("*??", "a", false)]
    [InlineData("*?b", "ab", true)]
    [InlineData("a?b", "a/b", true)]
    public void A_question_mark_matches_exactly_one_character(string text, string name, bool matches) => Check(text, name, matches);

    [Theory]
    [InlineData("ŞÇĞÜÖ", "şçğüö")]
    [InlineData("σς", "ΣΣ")]
    [InlineData("ς", "σ")]
    [InlineData("ß", "ß")]
    [InlineData("ß", "ẞ")]
    [InlineData("ß", "SS")]
    [InlineData("i", "I")]
    [InlineData("i", "İ")]
    [InlineData("i", "ı")]
    [InlineData("I", "ı")]
    [InlineData("I", "İ")]
    [InlineData("İ", "ı")]
    [InlineData("ı", "ı")]
    [InlineData("ǆ", "ǅ")]
    [InlineData("µ", "μ")]
    [InlineData("ſ", "S")]
    [InlineData("Ж", "ж")]
    [InlineData("ﬀ", "FF")]
    [InlineData("𐐀", "𐐨")]
    [InlineData("😀", "😁")]
    public void Letter_case_is_ignored_as_by_an_ordinal_comparison(string text, string name)
    {
        var equal = string.Equals(text, name, StringComparison.OrdinalIgnoreCase);

        Check(text, name, equal);
        Check(name, text, equal);
        Check($"*{text}?", $"x{name}y", equal);
    }

    [Fact]
    public void Every_letter_is_folded_as_by_an_ordinal_comparison()
    {
        for (var value = 0x20; value < 0x1F000; value++)
        {
            if (!Rune.TryCreate(value, out var rune))
                continue;
            string[] cases = [Rune.ToUpperInvariant(rune).ToString(), Rune.ToLowerInvariant(rune).ToString()];
            foreach (var other in cases.Where(other => other != rune.ToString() && IsName(rune.ToString()) && IsName(other)))
            {
                var equal = string.Equals(other, rune.ToString(), StringComparison.OrdinalIgnoreCase);
                new NamePattern(other).Matches(Entries.Name(rune.ToString())).Should().Be(equal, "U+{0:X4} and {1}", value, other);
            }
        }
    }

    [Theory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(250)]
    public void Patterns_match_the_same_with_one_word_of_states_and_with_several(int length)
    {
        var name = new string('a', length - 1);

        Check(new string('?', length), name + "b", true);
        Check(new string('?', length), name, false);
        Check(new string('?', length), name + "bb", false);
        Check(new string('a', length - 1) + "b", name + "b", true);
        Check(new string('a', length - 1) + "b", name, false);
        Check(new string('a', length - 1) + "*b", name + "xyzb", true);
        Check(new string('a', length - 1) + "b", "x" + name + "b", true);
    }

    [Fact]
    public void Patterns_of_up_to_256_stars_match_correctly()
    {
        Check(new string('*', 256), "a", true);
        Check(new string('*', 255) + "b", "a", false);
        Check(string.Concat(Enumerable.Repeat("*a", 128)), Long('a'), true);
        Check(string.Concat(Enumerable.Repeat("*a", 127)) + "*b", Long('a'), false);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Short_random_patterns_match_what_a_recursive_matcher_matches(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var (pattern, name) = (Any(random, "ab*?*😀B", 8), Any(random, "abA😀", 8));
            Check(pattern, name, Reference(Whole(pattern), name.ToUpperInvariant()), $"seed {seed}");
        }
    }

    [Fact]
    public void Matching_allocates_nothing()
    {
        var pattern = new NamePattern("*tatil?*ş");
        var name = Entries.Name("Yaz tatili ğüşıöçş");
        pattern.Matches(name).Should().BeTrue();

        Allocations.Of(() => pattern.Matches(name)).Should().Be(0);
    }

    private static void Check(string text, string name, bool matches, string because = "") =>
        new NamePattern(text).Matches(Entries.Name(name)).Should().Be(matches, "'{0}' and '{1}' {2}", text, name, because);

    private static bool IsName(string text) =>
        FileName.TryParse(text, out var name, out _) && name.ToString() == text;

    private static string Long(char letter) => string.Join('/', Enumerable.Repeat(new string(letter, 250), 4));

    private static string Any(Random random, string alphabet, int max)
    {
        var characters = alphabet.EnumerateRunes().ToArray();
        return string.Concat(Enumerable.Range(0, 1 + random.Next(max)).Select(_ => characters[random.Next(characters.Length)].ToString()));
    }

    private static string Whole(string pattern) =>
        (pattern.Contains('*') || pattern.Contains('?') ? pattern : $"*{pattern}*").ToUpperInvariant();

    // Backtracks without a bound, but is obviously correct.
    private static bool Reference(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        if (pattern.IsEmpty)
            return name.IsEmpty;
        if (pattern[0] == '*')
            return Reference(pattern[1..], name) || (!name.IsEmpty && Reference(pattern, name[1..]));
        if (name.IsEmpty)
            return false;
        var length = char.IsHighSurrogate(name[0]) ? 2 : 1;
        return pattern[0] == '?'
            ? Reference(pattern[1..], name[length..])
            : pattern[0] == name[0] && Reference(pattern[1..], name[1..]);
    }
}
