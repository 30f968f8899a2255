using P2PShare.Server.Registry;
using P2PShare.Server.Registry.Pages;
using P2PShare.Server.Registry.Tables;

namespace P2PShare.Server.Tests.Registry.Pages;

/// <summary>The pages of a registry: what is taken as changed, and what the pages of other servers do.</summary>
public sealed class PageRegistryTests : IDisposable
{
    private const int Other = 7;

    private readonly InMemoryFileRegistry _registry = Paged.Create(maxOfAll: 1000);
    private readonly RegistryPage _content = new();

    private IPageRegistry Pages => _registry.Pages!;

    public void Dispose() => _content.Dispose();

    [Fact]
    public void A_page_is_taken_once_for_each_change_and_holds_the_entries_of_one_session()
    {
        _registry.PutAll(Entries.Entry(1, "a", 5), Entries.Entry(1, "b", 6), Entries.Entry(1, "c"), Entries.Entry(2, "d"));

        var pages = TakeChanged();
        pages.Should().HaveCount(3).And.OnlyHaveUniqueItems();
        pages.Select(Read).Should().BeEquivalentTo(["1: a b", "1: c", "2: d"]);
        TakeChanged().Should().BeEmpty();
    }

    [Fact]
    public void An_entry_stays_in_its_page_and_the_next_one_takes_the_room_that_another_left()
    {
        _registry.PutAll(Entries.Entry(1, "a"), Entries.Entry(1, "b"), Entries.Entry(1, "c"));
        var pages = TakeChanged();

        _registry.Remove(1, Entries.Name("a"));
        TakeChanged().Should().Equal(pages[0]);
        _registry.PutAll(Entries.Entry(1, "d"));

        TakeChanged().Should().Equal(pages[0]);
        Read(pages[0]).Should().Be("1: b d");
        Read(pages[1]).Should().Be("1: c");
    }

    [Fact]
    public void A_page_that_has_become_empty_is_taken_and_read_as_empty()
    {
        _registry.PutAll(Entries.Entry(1, "a"), Entries.Entry(1, "b"), Entries.Entry(1, "c"));
        var pages = TakeChanged();

        _registry.RemoveAll(1).Should().Be(3);

        TakeChanged().Should().BeEquivalentTo(pages);
        pages.Select(Read).Should().OnlyContain(page => page == "empty");
    }

    [Fact]
    public void An_announcement_that_changes_nothing_changes_no_page()
    {
        _registry.PutAll(Entries.Entry(1, "a", 5));
        TakeChanged();

        _registry.PutAll(Entries.Entry(1, "a", 5));
        TakeChanged().Should().BeEmpty();
        _registry.PutAll(Entries.Entry(1, "a", 6));
        TakeChanged().Should().HaveCount(1);
        _registry.PutAll(Entries.Entry(1, "a", 6, port: 9002));
        TakeChanged().Should().HaveCount(1);
    }

    [Fact]
    public void Parts_are_in_pages_until_the_session_has_the_whole()
    {
        _registry.PutPart(1, 5);
        var page = TakeChanged().Should().ContainSingle().Subject;
        Read(page).Should().Be("1: part 5");

        _registry.PutAll(Entries.Entry(1, "a", 5));

        TakeChanged().Should().Contain(page);
        Read(page).Should().Be("1: a");
    }

    [Fact]
    public void All_pages_of_this_server_or_of_a_session_can_be_taken_again()
    {
        _registry.PutAll(Entries.Entry(1, "a"), Entries.Entry(1, "b"), Entries.Entry(1, "c"), Entries.Entry(2, "d"));
        Apply(1, 1, Row("z"));
        var pages = TakeChanged();

        Pages.MarkSessionChanged(1);
        TakeChanged().Select(Read).Should().BeEquivalentTo(["1: a b", "1: c"]);
        Pages.MarkAllChanged();
        TakeChanged().Should().BeEquivalentTo(pages);
        Pages.MarkChanged(pages[0]);
        TakeChanged().Should().Equal(pages[0]);
    }

    [Fact]
    public void A_page_of_another_server_is_found_as_own_entries_are_and_is_not_taken_as_changed()
    {
        Apply(1, 1, Row("a", 5), Row("b"));

        _registry.ReadAll().Select(entry => entry.Name.ToString()).Should().Equal("a", "b");
        _registry.Choose(Entries.Name("a"))!.Value.Address.Should().Be(Entries.Address(50));
        _registry.Find("a").Should().ContainSingle().Which.Identity.Should().Be(Entries.Content(5));
        _registry.FindPeers(5).Should().Equal(Entries.Whole(50));
        TakeChanged().Should().BeEmpty();
        _registry.Counts.Files.Should().Be(2);
        _registry.Counts.OwnFiles.Should().Be(0);
    }

    [Fact]
    public void A_newer_version_replaces_the_page_and_an_older_one_does_nothing()
    {
        Apply(1, 3, Row("a", 5), Row("b"));

        Apply(1, 4, Row("b", 6), Row("c"));
        Apply(1, 2, Row("d"));

        Listed().Should().Equal("b", "c");
        _registry.Find("b").Should().ContainSingle().Which.Identity.Should().Be(Entries.Content(6));
        _registry.FindPeers(5).Should().BeEmpty();
    }

    [Fact]
    public void An_empty_version_or_Remove_removes_the_page()
    {
        Apply(1, 1, Row("a"));
        Apply(2, 2, Row("b"));

        Apply(1, 3);
        Listed().Should().Equal("b");
        Pages.Remove(new PageKey(Other, 2));

        Listed().Should().BeEmpty();
        _registry.Counts.Owners.Should().Be(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_name_that_moved_to_another_page_stays_in_whatever_order_the_pages_come(bool isMoveFirst)
    {
        Apply(1, 1, Row("a"), Row("b"));

        if (isMoveFirst)
            Apply(2, 3, Row("a"));
        Apply(1, 2, Row("b"));
        if (!isMoveFirst)
            Apply(2, 3, Row("a"));
        Listed().Should().Equal("a", "b");

        Apply(2, 4);
        Listed().Should().Equal("b");
    }

    [Fact]
    public void An_older_page_does_not_take_a_name_from_a_newer_one()
    {
        Apply(2, 3, Row("a"));
        Apply(1, 1, Row("a"), Row("b"));
        Apply(1, 2, Row("b"));

        Listed().Should().Equal("a", "b");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_part_in_the_place_of_the_whole_is_found_in_whatever_order_the_pages_come(bool isPartFirst)
    {
        Apply(1, 1, Row("a", 5));

        if (isPartFirst)
            ApplyParts(2, 3, 5);
        Apply(1, 2);
        if (!isPartFirst)
            ApplyParts(2, 3, 5);

        _registry.FindPeers(5).Should().Equal(Entries.Part(50));
        ApplyParts(2, 4, 6);
        _registry.FindPeers(5).Should().BeEmpty();
        _registry.FindPeers(6).Should().Equal(Entries.Part(50));
    }

    [Fact]
    public void Rows_beyond_the_bound_for_all_servers_are_left_out()
    {
        var registry = Paged.Create(maxOfAll: 2);
        registry.PutAll(Entries.Entry(1, "own"));

        Fill(1, since: 1, Row("a"), Row("b"));
        registry.Pages!.Replace(new PageKey(Other, 1), 1, _content).Should().Be(1);

        registry.ReadAll().Should().HaveCount(2);
        registry.PutAll(Entries.Entry(1, "own 2"));
    }

    [Fact]
    public void Sessions_of_a_server_in_doubt_come_last_in_every_choice()
    {
        _registry.PutAll(Entries.Entry(1, "a", 5));
        for (var page = 1; page <= 30; page++)
            Apply(page, page, session: 50 + page, [Row("a", 5, 50 + page)]);
        Apply(31, 31, session: 90, [Row("only", 6, 90)]);

        Pages.SetDoubtful(Other, true);
        Enumerable.Range(0, 20).Select(_ => _registry.Choose(Entries.Name("a"))!.Value.Address)
            .Should().OnlyContain(address => address.Equals(Entries.Address(1)));
        _registry.Find("a", room: 10)[0].Address.Should().Be(Entries.Address(1));
        _registry.Find("a", room: 40).Should().HaveCount(31);
        _registry.Choose(Entries.Name("only"))!.Value.Address.Should().Be(Entries.Address(90));

        Pages.SetDoubtful(Other, false);
        Enumerable.Range(0, 20).Select(_ => _registry.Choose(Entries.Name("a"))!.Value.Address)
            .Should().Contain(address => !address.Equals(Entries.Address(1)));
    }

    [Fact]
    public void A_live_owner_of_another_content_is_chosen_before_owners_in_doubt_of_the_one_that_most_agree_on()
    {
        _registry.PutAll(Entries.Entry(1, "a", 6));
        Apply(1, 1, session: 51, [Row("a", 5, 51)]);
        Apply(2, 2, session: 52, [Row("a", 5, 52)]);
        Pages.SetDoubtful(Other, true);

        _registry.Choose(Entries.Name("a"))!.Value.Address.Should().Be(Entries.Address(1));
    }

    [Fact]
    public void Of_two_sessions_with_the_same_address_only_the_newer_one_is_listed_with_a_name_of_both()
    {
        Apply(1, 1, Row("a", 5), Row("b", 5));
        _registry.PutAll(Entries.Entry(50, "a", 6), Entries.Entry(50, "c", 6));

        _registry.ReadAll().Select(entry => $"{entry.Name} {entry.Identity!.Value.Size}").Should().Equal("a 6", "b 5", "c 6");
        _registry.ReadEncodedPage(FilePosition.Start, 10).Should().HaveCount(4);
        _registry.Find("a").Should().ContainSingle().Which.Identity.Should().Be(Entries.Content(6));

        _registry.RemoveAll(50);
        _registry.ReadAll().Select(entry => $"{entry.Name} {entry.Identity!.Value.Size}").Should().Equal("a 5", "b 5");
    }

    [Fact]
    public void A_list_goes_on_after_pages_of_which_every_row_is_hidden()
    {
        for (var page = 1; page <= 10; page++)
            Apply(page, page, Row($"a{2 * page}"), Row($"a{(2 * page) + 1}"));
        _registry.PutAll(Enumerable.Range(2, 20).Select(i => Entries.Entry(50, $"a{i}")));
        _registry.PutAll(Entries.Entry(1, "z"));

        Listed(room: 3).Should().HaveCount(21).And.EndWith("z");
    }

    [Fact]
    public void Requests_for_all_pages_of_a_session_count_together()
    {
        _registry.PutAll(Enumerable.Range(0, 20).Select(i => Entries.Entry(1, $"{i}")));
        for (var page = 0; page < 10; page++)
            Apply(page, page + 1, Row($"{2 * page}"), Row($"{(2 * page) + 1}"));

        var chosen = Enumerable.Range(0, 200).Select(i => _registry.Choose(Entries.Name($"{i % 20}"))!.Value.Address).ToList();

        chosen.Count(address => address.Equals(Entries.Address(1))).Should().BeInRange(90, 110);
    }

    private List<string> Listed(int room = 64) => [.. _registry.ReadAll(room).Select(entry => entry.Name.ToString())];

    private int[] TakeChanged()
    {
        var pages = new int[100];
        return pages[..Pages.TakeChanged(pages)];
    }

    private string Read(int page)
    {
        Pages.Read(page, _content);
        var rows = Enumerable.Range(0, _content.Rows.Count).Select(i => _content.Rows[i].Name.ToString());
        var parts = _content.Parts.Select(id => $"part {Enumerable.Range(0, 100).First(number => Entries.Id(number) == id)}");
        return _content.IsEmpty ? "empty" : $"{_content.Owner}: {string.Join(' ', rows.Order().Concat(parts))}";
    }

    private static FileEntry Row(string name, int? content = null, long owner = 50) => Entries.Entry(owner, name, content);

    private void Apply(int page, long version, params FileEntry[] rows) => Apply(page, version, 50, rows);

    private void Apply(int page, long version, long session, FileEntry[] rows)
    {
        Fill(session, since: 1, rows);
        Pages.Replace(new PageKey(Other, page), version, _content).Should().Be(0);
    }

    private void ApplyParts(int page, long version, int content)
    {
        Fill(50, since: 1);
        _content.Parts.Add(Entries.Id(content));
        _content.PartsAddress = Entries.Address(50);
        Pages.Replace(new PageKey(Other, page), version, _content).Should().Be(0);
    }

    private void Fill(long session, long since, params FileEntry[] rows)
    {
        _content.Clear();
        (_content.Owner, _content.Since) = (session, since);
        foreach (var row in rows)
            _content.Rows.Add(row);
    }
}
