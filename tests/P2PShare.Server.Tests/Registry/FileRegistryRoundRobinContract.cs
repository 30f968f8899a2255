using P2PShare.Protocol.Identity;
using P2PShare.Server.Configuration;
using P2PShare.Server.Registry;
using P2PShare.Testing;

namespace P2PShare.Server.Tests.Registry;

/// <summary>The part of the contract that distributes requests and rows fairly among several owners.</summary>
public abstract class FileRegistryRoundRobinContract
{
    private readonly ManualTimeProvider _time = new();

    private protected abstract IFileRegistry Create(TimeProvider time, ServerBounds bounds);

    private IFileRegistry Create() => Create(_time, ServerBounds.Default);

    private static List<long> ChooseTimes(IFileRegistry registry, int times, string name = "a") =>
        [.. Enumerable.Range(0, times).Select(_ => Entries.OwnerOf(registry.Choose(Entries.Name(name))!.Value.Address))];

    [Theory]
    [InlineData(2, null)]
    [InlineData(3, 5)]
    [InlineData(8, 5)]
    [InlineData(9, null)]
    [InlineData(200, 5)]
    public void Owners_of_one_content_are_chosen_round_robin(int owners, int? content)
    {
        var registry = Create();
        registry.PutAll(Enumerable.Range(1, owners).Select(owner => Entries.Entry(owner, "a", content)));

        var chosen = ChooseTimes(registry, 3 * owners);

        chosen.GroupBy(owner => owner).Should().HaveCount(owners).And.OnlyContain(times => times.Count() == 3);
        chosen.Take(owners).Should().OnlyHaveUniqueItems("no owner is chosen twice before every owner was chosen once");
    }

    [Fact]
    public void Owners_of_contents_with_equally_many_owners_are_chosen_round_robin()
    {
        var registry = Create();
        registry.PutAll(Entries.Entry(1, "a", 5), Entries.Entry(2, "a", 6), Entries.Entry(3, "a", 7));

        ChooseTimes(registry, 9).GroupBy(owner => owner).Should().HaveCount(3).And.OnlyContain(times => times.Count() == 3);
    }

    [Fact]
    public void The_content_that_most_owners_agree_on_is_chosen_as_owners_come_and_go()
    {
        var registry = Create();
        registry.PutAll(Entries.Entry(1, "a", 5), Entries.Entry(2, "a", 6), Entries.Entry(3, "a", 6));
        registry.PutAll(Entries.Entry(4, "a"), Entries.Entry(5, "a"), Entries.Entry(6, "a"));
        ChooseTimes(registry, 10).Should().OnlyContain(owner => owner == 2 || owner == 3);

        registry.RemoveAll(3);
        registry.PutAll(Entries.Entry(7, "a", 5));
        ChooseTimes(registry, 10).Should().OnlyContain(owner => owner == 1 || owner == 7);
    }

    [Fact]
    public void Owners_of_unknown_content_are_chosen_last_however_many_they_are()
    {
        var registry = Create();
        registry.PutAll(Enumerable.Range(2, 30).Select(owner => Entries.Entry(owner, "a")));
        registry.PutAll(Entries.Entry(1, "a", 5));
        ChooseTimes(registry, 5).Should().OnlyContain(owner => owner == 1);

        registry.RemoveAll(1);
        ChooseTimes(registry, 30).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void The_owner_with_the_fewest_recent_requests_for_any_file_is_chosen()
    {
        var registry = Create();
        registry.PutAll(Entries.Entry(1, "a", 5), Entries.Entry(1, "b", 6));
        ChooseTimes(registry, 4, "b").Should().OnlyContain(owner => owner == 1);
        registry.PutAll(Entries.Entry(2, "a", 5));

        ChooseTimes(registry, 4).Should().OnlyContain(owner => owner == 2);
        ChooseTimes(registry, 4).Should().Contain([1, 2]);
    }

    [Fact]
    public void Old_requests_do_not_count()
    {
        var registry = Create();
        registry.PutAll(Entries.Entry(1, "a", 5), Entries.Entry(1, "b", 6));
        ChooseTimes(registry, 1000, "b");
        registry.PutAll(Entries.Entry(2, "a", 5));

        _time.Advance(TimeSpan.FromMinutes(5));

        ChooseTimes(registry, 10).Count(owner => owner == 1).Should().Be(5);
    }

    [Fact]
    public void Announcing_another_content_does_not_reset_the_count_of_requests()
    {
        var registry = Create();
        registry.PutAll(Entries.Entry(1, "a", 6));
        ChooseTimes(registry, 4);
        registry.PutAll(Entries.Entry(1, "a", 5), Entries.Entry(2, "a", 5));

        ChooseTimes(registry, 4).Should().OnlyContain(owner => owner == 2);
    }

    [Theory]
    [InlineData(50, 1)]
    [InlineData(51, 2)]
    [InlineData(120, 3)]
    [InlineData(500, 10)]
    public void Repeated_lookups_find_all_owners_where_one_has_not_enough_room(int owners, int times)
    {
        var registry = Create();
        registry.PutAll(Enumerable.Range(1, owners).Select(owner => Entries.Entry(owner, "a", 5)));

        Enumerable.Range(0, times).SelectMany(_ => registry.Find("a")).Distinct().Should().HaveCount(owners);
        Enumerable.Range(0, times).SelectMany(_ => registry.Find(Entries.Id(5))).Distinct().Should().HaveCount(owners);
    }

    [Fact]
    public void Repeated_lookups_find_all_names_of_a_content_where_one_has_not_enough_room()
    {
        var registry = Create();
        registry.PutAll(Enumerable.Range(0, 120).Select(i => Entries.Entry(1 + (i % 4), $"name {i}", 5)));

        Enumerable.Range(0, 5).SelectMany(_ => registry.Find(Entries.Id(5))).Distinct().Should().HaveCount(120);
    }

    [Fact]
    public void The_content_with_the_most_owners_comes_first_and_leaves_a_row_for_every_other_content()
    {
        var registry = Create();
        registry.PutAll(Enumerable.Range(1, 80).Select(owner => Entries.Entry(owner, "a", 5)));
        registry.PutAll(Enumerable.Range(101, 60).Select(owner => Entries.Entry(owner, "a", 6)));
        registry.PutAll(Enumerable.Range(201, 90).Select(owner => Entries.Entry(owner, "a")));
        registry.PutAll(Entries.Entry(300, "a", 7));

        var found = registry.Find("a");

        found.Should().HaveCount(50);
        found.Take(47).Should().OnlyContain(entry => entry.Identity == Entries.Content(5));
        found.Skip(47).Select(entry => entry.Identity).Should().BeEquivalentTo([Entries.Content(6), Entries.Content(7), null]);
    }

    [Theory]
    [InlineData(50, 1)]
    [InlineData(60, 3)]
    [InlineData(130, 1)]
    public void Contents_of_a_name_get_a_row_each_round_robin_where_there_is_not_enough_room(int contents, int ownersOfEach)
    {
        var registry = Create();
        for (var owner = 1; owner <= contents * ownersOfEach; owner++)
            registry.PutAll(Entries.Entry(owner, "a", 1 + (owner % contents)));

        var seen = new HashSet<FileIdentity?>();
        for (var time = 0; time < contents; time++)
        {
            var found = registry.Find("a");
            found.Select(entry => entry.Identity).Should().HaveCount(50).And.OnlyHaveUniqueItems();
            seen.UnionWith(found.Select(entry => entry.Identity));
        }

        seen.Should().HaveCount(contents);
    }

    [Fact]
    public void False_sizes_of_an_id_do_not_crowd_out_the_true_one()
    {
        var registry = Create();
        registry.PutAll(new FileEntry(1, Entries.Name("real"), Entries.Address(1), Entries.Content(5)));
        for (var i = 0; i < 70; i++)
            registry.PutAll(new FileEntry(2, Entries.Name($"lie {i}"), Entries.Address(2), Entries.Content(5, 1_000_000)));
        registry.PutAll(new FileEntry(3, Entries.Name("other lie"), Entries.Address(3), Entries.Content(5, 2_000_000)));

        for (var time = 0; time < 5; time++)
        {
            var found = registry.Find(Entries.Id(5));
            found.Should().HaveCount(50);
            found.Select(entry => entry.Identity!.Value.Size).Distinct().Should().BeEquivalentTo([5L, 1_000_000, 2_000_000]);
        }
    }

    [Fact]
    public void Sizes_of_an_id_are_found_round_robin_where_there_is_not_enough_room()
    {
        var registry = Create();
        for (var size = 1; size <= 120; size++)
            registry.PutAll(new FileEntry(1, Entries.Name($"f{size}"), Entries.Address(1), Entries.Content(5, size)));

        var seen = Enumerable.Range(0, 120).SelectMany(_ => registry.Find(Entries.Id(5))).Select(entry => entry.Identity!.Value.Size);

        seen.Distinct().Should().HaveCount(120);
        registry.RemoveAll(1).Should().Be(120);
        registry.Find(Entries.Id(5)).Should().BeEmpty();
    }
}
