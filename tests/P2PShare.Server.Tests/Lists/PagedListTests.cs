using P2PShare.Server.Lists;
using P2PShare.Server.Tests.Registry;

namespace P2PShare.Server.Tests.Lists;

public sealed class PagedListTests
{
    private const string Id5 = "0500000000000000000000000000000000000000000000000000000000000000";

    [Fact]
    public void A_file_list_has_a_row_for_each_entry_in_order_and_then_its_end()
    {
        var registry = ListLines.RegistryOf(
            Entries.Entry(2, "yaz tatili ğüşıöç.txt"),
            Entries.Entry(2, "a", 5),
            Entries.Entry(1, "a", 5, 9002),
            Entries.Entry(1, "ERROR x"));

        ListLines.Of(new FileList(registry)).Should().Equal(
            "ERROR x 10.0.0.1 9001", "a 10.0.0.1 9002", "a 10.0.0.2 9001", "yaz tatili ğüşıöç.txt 10.0.0.2 9001", "LIST_END");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(PagedList.RowsInPage - 1)]
    [InlineData(PagedList.RowsInPage)]
    [InlineData(PagedList.RowsInPage + 1)]
    [InlineData(2 * PagedList.RowsInPage)]
    [InlineData(1000)]
    public void A_list_of_any_number_of_pages_is_complete(int count)
    {
        var registry = ListLines.RegistryOf(Enumerable.Range(0, count).Select(i => Entries.Entry(1, $"{i:d4}")));

        ListLines.Of(new FileList(registry)).Should().Equal(
            [.. Enumerable.Range(0, count).Select(i => $"{i:d4} 10.0.0.1 9001"), "LIST_END"]);
        ListLines.Of(new ShareList(registry, default)).Should().Equal(
            [.. Enumerable.Range(0, count).Select(i => $"- - 10.0.0.1 9001 {i:d4}"), "LIST_SHARES_END"]);
    }

    [Fact]
    public void The_longest_names_are_listed_unchanged()
    {
        var longest = string.Join('/', Enumerable.Repeat(new string('n', 204), 5));
        longest.Should().HaveLength(1024);
        var registry = ListLines.RegistryOf(Enumerable.Range(1, 600).Select(owner => Entries.Entry(owner, longest)));

        ListLines.Of(new FileList(registry)).Should().Equal(
            [.. Enumerable.Range(1, 600).Select(owner => $"{longest} 10.0.{owner / 256}.{owner % 256} 9001"), "LIST_END"]);
    }

    [Theory]
    [InlineData("", 6)]
    [InlineData("a", 4)]
    [InlineData("a/", 2)]
    [InlineData("a/b", 1)]
    [InlineData("b", 1)]
    [InlineData("ç", 1)]
    [InlineData("bb", 0)]
    [InlineData("zzz", 0)]
    public void A_list_of_shares_has_the_names_that_begin_with_the_prefix(string prefix, int count)
    {
        string[] names = ["a", "a/b", "a/c", "ab", "b", "ça"];
        var registry = ListLines.RegistryOf(names.Select(name => Entries.Entry(1, name, 5)));

        ListLines.Of(new ShareList(registry, System.Text.Encoding.UTF8.GetBytes(prefix))).Should().Equal(
        [
            .. names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => $"{Id5} 5 10.0.0.1 9001 {name}"),
            "LIST_SHARES_END",
        ]).And.HaveCount(count + 1);
    }

    [Fact]
    public void A_prefix_may_end_within_a_character()
    {
        var registry = ListLines.RegistryOf(Entries.Entry(1, "ş"), Entries.Entry(1, "ğ"), Entries.Entry(1, "a"));

        ListLines.Of(new ShareList(registry, [0xC5])).Should().Equal("- - 10.0.0.1 9001 ş", "LIST_SHARES_END");
    }

    [Fact]
    public void A_list_copies_its_prefix_so_that_the_line_may_be_overwritten()
    {
        var registry = ListLines.RegistryOf(Enumerable.Range(0, 200).Select(i => Entries.Entry(1, $"a{i:d3}")));
        registry.PutAll(Entries.Entry(1, "b"));
        var line = "a"u8.ToArray();
        var list = new ShareList(registry, line);
        line[0] = (byte)'b';

        ListLines.Of(list).Should().HaveCount(201);
    }

    [Fact]
    public void An_entry_that_stays_is_listed_once_while_the_registry_changes()
    {
        var registry = ListLines.RegistryOf(Enumerable.Range(0, 1000).Select(i => Entries.Entry(1, $"{i:d4}")));
        registry.PutAll(Enumerable.Range(0, 1000).Select(i => Entries.Entry(2, $"{i:d4}")));
        var (random, pages) = (new Random(1), 0);
        void Change()
        {
            pages++;
            for (var i = 0; i < 50; i++)
            {
                registry.Remove(2, Entries.Name($"{random.Next(1000):d4}"));
                registry.PutAll(Entries.Entry(3, $"{random.Next(1000):d4}"));
            }
        }

        var lines = ListLines.Of(new FileList(registry), Change);

        pages.Should().BeGreaterThan(2000 / PagedList.RowsInPage - 1);
        lines.Should().OnlyHaveUniqueItems().And.EndWith("LIST_END");
        lines.Where(line => line.Contains(" 10.0.0.1 ", StringComparison.Ordinal)).Should().Equal(
            Enumerable.Range(0, 1000).Select(i => $"{i:d4} 10.0.0.1 9001"));
    }

    [Fact]
    public void A_list_ends_when_all_entries_are_withdrawn_before_its_second_page()
    {
        var registry = ListLines.RegistryOf(Enumerable.Range(0, 500).Select(i => Entries.Entry(1, $"{i:d4}")));

        var lines = ListLines.Of(new FileList(registry), () => registry.RemoveAll(1));

        lines.Should().HaveCount(PagedList.RowsInPage + 1).And.EndWith("LIST_END");
    }
}
