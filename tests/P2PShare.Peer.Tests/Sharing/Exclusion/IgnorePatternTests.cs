using P2PShare.Peer.Sharing.Exclusion;

namespace P2PShare.Peer.Tests.Sharing.Exclusion;

/// <summary>Each expectation is what <c>git check-ignore --no-index</c> of git 2.39 says.</summary>
public sealed class IgnorePatternTests
{
    [Theory]
    [InlineData("foo", "foo")]
    [InlineData("foo", "a/b/foo")]
    [InlineData("*.txt", "a/foo.txt")]
    [InlineData("*", ".hidden")]
    [InlineData("/foo", "foo")]
    [InlineData("a/b", "a/b")]
    [InlineData("**/b", "b")]
    [InlineData("**/b", "a/x/b")]
    [InlineData("a/**/b", "a/b")]
    [InlineData("a/**/b", "a/x/y/b")]
    [InlineData("a/**", "a/x/y")]
    [InlineData("**b", "x/ab")]
    [InlineData("a/*/c", "a/b/c")]
    [InlineData("f?o", "fxo")]
    [InlineData("[a-c]x", "bx")]
    [InlineData("[!a-c]x", "dx")]
    [InlineData("[^a]x", "bx")]
    [InlineData("[]a]", "]")]
    [InlineData("x[[:digit:]]", "x7")]
    [InlineData("a\\[b", "a[b")]
    [InlineData("\\#c", "#c")]
    [InlineData("\\!d", "!d")]
    [InlineData("a   ", "a")]
    [InlineData("a\\ ", "a ")]
    [InlineData("?", "é")]
    public void Pattern_matches(string line, string path) => IsMatch(line, path).Should().BeTrue();

    [Theory]
    [InlineData("foo", "foo.txt")]
    [InlineData("FOO", "foo")]
    [InlineData("/foo", "a/foo")]
    [InlineData("a/b", "x/a/b")]
    [InlineData("a/*", "a/b/c")]
    [InlineData("a/**", "a")]
    [InlineData("a/*/c", "a/c")]
    [InlineData("a/**b", "a/x/b")]
    [InlineData("f?o", "f/o")]
    [InlineData("[!a]", "a")]
    [InlineData("a[!b]c", "a/c")]
    [InlineData("[a", "[a")]
    [InlineData("a\\", "a\\")]
    [InlineData("foo/", "foo")]
    [InlineData("[[:foo:]]", "f")]
    public void Pattern_does_not_match(string line, string path) => IsMatch(line, path).Should().BeFalse();

    [Fact]
    public void Slash_at_the_end_matches_folders_alone()
    {
        IgnorePattern.TryParse("build/", out var pattern).Should().BeTrue();

        pattern!.IsMatch("a/build", isFolder: true).Should().BeTrue();
        pattern.IsMatch("a/build", isFolder: false).Should().BeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("# comment")]
    [InlineData("/")]
    [InlineData("!")]
    public void Line_without_a_pattern_is_none(string line) => IgnorePattern.TryParse(line, out _).Should().BeFalse();

    [Fact]
    public void Hostile_glob_takes_no_exponential_time()
    {
        var glob = string.Concat(Enumerable.Repeat("a*", 60)) + "b";
        var deep = string.Concat(Enumerable.Repeat("*a/", 30)) + "b";

        IsMatch(glob, new string('a', 2000)).Should().BeFalse();
        IsMatch(deep, string.Concat(Enumerable.Repeat("aaaa/", 30)) + "c").Should().BeFalse();
    }

    private static bool IsMatch(string line, string path)
    {
        IgnorePattern.TryParse(line, out var pattern).Should().BeTrue();
        return pattern!.IsMatch(path, isFolder: false);
    }
}
