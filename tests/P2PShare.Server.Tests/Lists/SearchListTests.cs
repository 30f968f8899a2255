using P2PShare.Server.Lists;
using P2PShare.Server.Registry.Tables;
using P2PShare.Server.Tests.Registry;

namespace P2PShare.Server.Tests.Lists;

public sealed class SearchListTests
{
    [Fact]
    public void Each_content_of_a_name_has_a_row_with_its_number_of_owners_most_owned_first_and_unknown_last()
    {
        var registry = ListLines.RegistryOf(
            Entries.Entry(1, "selam.txt", 1), Entries.Entry(2, "selam.txt", 2), Entries.Entry(3, "selam.txt", 2),
            Entries.Entry(4, "selam.txt"), Entries.Entry(5, "selam.txt"), Entries.Entry(6, "selam.txt"),
            Entries.Entry(1, "başka"), Entries.Entry(1, "SELAM", 3));

        Search(registry, "selam").Should().Equal(
            $"{Id(3)} 3 1 SELAM", $"{Id(2)} 2 2 selam.txt", $"{Id(1)} 1 1 selam.txt", "- - 3 selam.txt", "SEARCH_END");
    }

    [Fact]
    public void A_search_without_matches_consists_of_its_end()
    {
        Search(ListLines.RegistryOf(), "x").Should().Equal("SEARCH_END");
        Search(ListLines.RegistryOf(Enumerable.Range(0, 300).Select(i => Entries.Entry(1, $"{i}"))), "x").Should().Equal("SEARCH_END");
    }

    [Theory]
    [InlineData(199, 199, "SEARCH_END")]
    [InlineData(200, 200, "SEARCH_END")]
    [InlineData(201, 200, "SEARCH_END MORE")]
    [InlineData(1000, 200, "SEARCH_END MORE")]
    public void At_most_two_hundred_names_are_shown_and_the_end_says_whether_more_matched(int names, int shown, string end)
    {
        var registry = ListLines.RegistryOf(Enumerable.Range(0, names).Select(i => Entries.Entry(1, $"{i:d4}", 5)));
        registry.PutAll(Entries.Entry(1, "zzz"));

        Search(registry, "0").Where(line => line.Contains(' ')).Should().NotContain(line => line.EndsWith("zzz", StringComparison.Ordinal));
        Search(registry, "????").Should().Equal([.. Enumerable.Range(0, shown).Select(i => $"{Id(5)} 5 1 {i:d4}"), end]);
    }

    [Theory]
    [InlineData(200, 200, "SEARCH_END")]
    [InlineData(201, 200, "SEARCH_END MORE")]
    [InlineData(5000, 200, "SEARCH_END MORE")]
    public void At_most_two_hundred_contents_of_one_name_are_shown(int contents, int shown, string end)
    {
        var registry = ListLines.RegistryOf(Enumerable.Range(1, contents).Select(owner => Entries.Entry(owner, "a", owner)));

        var lines = Search(registry, "a");

        lines.Should().HaveCount(shown + 1).And.OnlyHaveUniqueItems();
        lines[^1].Should().Be(end);
        lines.SkipLast(1).Should().OnlyContain(line => line.EndsWith(" 1 a", StringComparison.Ordinal));
    }

    [Fact]
    public void Owners_are_counted_across_pages()
    {
        var registry = ListLines.RegistryOf(
            Enumerable.Range(1, 1000).Select(owner => Entries.Entry(owner, "a", owner % 4 == 0 ? null : owner % 4)));

        Search(registry, "a").Should().HaveCount(5).And.BeEquivalentTo(
            $"{Id(1)} 1 250 a", $"{Id(2)} 2 250 a", $"{Id(3)} 3 250 a", "- - 250 a", "SEARCH_END");
    }

    [Fact]
    public void The_same_id_with_another_size_is_another_content()
    {
        var registry = ListLines.RegistryOf(
            Entries.Entry(1, "a", 5),
            Entries.Entry(2, "a", 5),
            Entries.Entry(3, "a") with { Identity = Entries.Content(5, 6) });

        Search(registry, "a").Should().Equal($"{Id(5)} 5 2 a", $"{Id(5)} 6 1 a", "SEARCH_END");
    }

    [Fact]
    public void Many_contents_with_one_owner_each_do_not_hide_the_content_with_many_owners()
    {
        var registry = ListLines.RegistryOf(Enumerable.Range(1, 500).Select(owner => Entries.Entry(owner, "a", owner)));
        registry.PutAll(Enumerable.Range(501, 50).Select(owner => Entries.Entry(owner, "a", 9999)));

        Search(registry, "a")[0].Should().Be($"{Id(9999)} 9999 50 a");
    }

    [Fact]
    public void A_search_finds_every_entry_that_stays_while_the_registry_changes()
    {
        var registry = ListLines.RegistryOf(Enumerable.Range(0, 150).Select(i => Entries.Entry(1, $"keep {i:d3}", 5)));
        registry.PutAll(Enumerable.Range(0, 3000).Select(i => Entries.Entry(2, $"drop {i:d4}")));
        var i = 0;

        var lines = ListLines.Of(new SearchList(registry, new NamePattern("keep")), () =>
        {
            registry.Remove(2, Entries.Name($"drop {i++:d4}"));
            registry.PutAll(Entries.Entry(3, $"aa {i}"));
        });

        lines.Should().Equal([.. Enumerable.Range(0, 150).Select(n => $"{Id(5)} 5 1 keep {n:d3}"), "SEARCH_END"]);
    }

    private static string Id(int number) => Entries.Id(number).ToString();

    private static List<string> Search(InMemoryFileRegistry registry, string text) =>
        ListLines.Of(new SearchList(registry, new NamePattern(text)));
}
