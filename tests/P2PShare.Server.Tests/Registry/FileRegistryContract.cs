using P2PShare.Protocol.Identity;
using P2PShare.Server.Configuration;
using P2PShare.Server.Registry;
using P2PShare.Testing;

namespace P2PShare.Server.Tests.Registry;

/// <summary>What every implementation of <see cref="IFileRegistry"/> must do.</summary>
public abstract class FileRegistryContract
{
    private readonly ManualTimeProvider _time = new();

    private protected abstract IFileRegistry Create(TimeProvider time, ServerBounds bounds);

    private IFileRegistry Create() => Create(_time, ServerBounds.Default);

    [Fact]
    public void An_empty_registry_finds_nothing()
    {
        var registry = Create();

        registry.ReadAll().Should().BeEmpty();
        registry.Choose(Entries.Name("a"))?.Address.Should().BeNull();
        registry.Find("a").Should().BeEmpty();
        registry.Find(Entries.Id(1)).Should().BeEmpty();
        registry.Remove(1, Entries.Name("a")).Should().BeFalse();
        registry.RemoveAll(1).Should().Be(0);
    }

    [Fact]
    public void A_stored_entry_is_found_by_every_operation()
    {
        var registry = Create();
        registry.PutAll(Entries.Entry(7, "yaz tatili.txt", 5));

        registry.ReadAll().Should().Equal(Entries.Entry(7, "yaz tatili.txt", 5));
        registry.Choose(Entries.Name("yaz tatili.txt"))?.Address.Should().Be(Entries.Address(7));
        registry.Find("yaz tatili.txt").Should().Equal(Entries.Entry(7, "yaz tatili.txt", 5));
        registry.Find(Entries.Id(5)).Should().Equal(Entries.Entry(7, "yaz tatili.txt", 5));
    }

    [Fact]
    public void Prefetching_changes_no_result_and_accepts_unknown_and_invalid_names()
    {
        var registry = Create();
        registry.Prefetch("ab"u8, [0..1, 1..2, 2..2]);
        registry.Choose(Entries.Name("a"))?.Address.Should().BeNull("the registry is empty");
        registry.PutAll(Entries.Entry(7, "a", 5), Entries.Entry(8, "a", 5), Entries.Entry(7, "b"));

        registry.Prefetch("a b\0\xFF"u8, [0..1, 0..1, 2..3, 2..5, 0..0]);

        registry.ReadAll().Should().HaveCount(3);
        registry.Choose(Entries.Name("a"))?.Address.Should().Be(Entries.Address(7));
        registry.Choose(Entries.Name("a"))?.Address.Should().Be(Entries.Address(8));
        registry.Choose(Entries.Name("b"))?.Address.Should().Be(Entries.Address(7));
        registry.RemoveAll(7).Should().Be(2);
        registry.Prefetch("ab"u8, [0..1, 1..2]);
        registry.Choose(Entries.Name("b"))?.Address.Should().BeNull();
    }

    [Fact]
    public void The_registry_copies_a_name_so_that_its_bytes_may_change_afterwards()
    {
        var registry = Create();
        var bytes = "rapor"u8.ToArray();
        FileName.TryParse(bytes, out var borrowed, out _).Should().BeTrue();
        registry.Put(new FileEntry(1, borrowed, Entries.Address(1), null)).Should().Be(PutResult.Stored);
        bytes.AsSpan().Fill((byte)'x');

        registry.ReadAll().Should().Equal(Entries.Entry(1, "rapor"));
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(5, 6)]
    [InlineData(5, null)]
    [InlineData(null, 5)]
    [InlineData(null, null)]
    public void Putting_a_name_again_replaces_the_entry_of_that_owner_only(int? before, int? after)
    {
        var registry = Create();
        registry.PutAll(Entries.Entry(1, "a", before, 9001), Entries.Entry(2, "a", before, 9001), Entries.Entry(1, "b", before, 9001));
        registry.PutAll(Entries.Entry(1, "a", after, 9002));

        registry.ReadAll().Should().Equal(Entries.Entry(1, "a", after, 9002), Entries.Entry(2, "a", before), Entries.Entry(1, "b", before));
        registry.Find(Entries.Id(5)).Count(entry => entry.Owner == 1).Should().Be((after == 5 ? 1 : 0) + (before == 5 ? 1 : 0));
        registry.RemoveAll(1).Should().Be(2);
    }

    [Fact]
    public void Remove_removes_one_entry_of_one_owner()
    {
        var registry = Create();
        registry.PutAll(Entries.Entry(1, "a", 5), Entries.Entry(2, "a", 5), Entries.Entry(1, "b", 5));

        registry.Remove(1, Entries.Name("a")).Should().BeTrue();
        registry.Remove(1, Entries.Name("a")).Should().BeFalse("it is gone already");
        registry.Remove(3, Entries.Name("a")).Should().BeFalse("that owner never had one");

        registry.ReadAll().Should().Equal(Entries.Entry(2, "a", 5), Entries.Entry(1, "b", 5));
        registry.Find("a").Should().Equal(Entries.Entry(2, "a", 5));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1500)]
    public void RemoveAll_removes_every_entry_of_one_owner_and_returns_their_number(int count)
    {
        var registry = Create();
        for (var i = 0; i < count; i++)
            registry.PutAll(Entries.Entry(1, $"f{i}", i + 1), Entries.Entry(2, $"f{i}", i + 1));

        registry.RemoveAll(1).Should().Be(count);
        registry.RemoveAll(1).Should().Be(0);

        registry.ReadAll().Should().HaveCount(count).And.OnlyContain(entry => entry.Owner == 2);
        registry.Find("f0").Should().Equal(Entries.Entry(2, "f0", 1));
        registry.Find(Entries.Id(1)).Should().Equal(Entries.Entry(2, "f0", 1));
    }

    [Fact]
    public void An_owner_can_be_added_again_after_all_its_entries_were_removed()
    {
        var registry = Create();
        for (var time = 0; time < 3; time++)
        {
            registry.PutAll(Entries.Entry(1, "a", 5), Entries.Entry(1, "b"));
            registry.ReadAll().Should().Equal(Entries.Entry(1, "a", 5), Entries.Entry(1, "b"));
            registry.RemoveAll(1).Should().Be(2);
            registry.ReadAll().Should().BeEmpty();
        }
    }

    [Fact]
    public void Entries_are_sorted_by_the_bytes_of_their_names_and_then_by_owner()
    {
        var registry = Create();
        string[] names = ["ş", "b", "a/b", "a", "B", "a b", "😀", "ﬀ", "ab"];
        foreach (var name in names)
            registry.PutAll(Entries.Entry(20, name), Entries.Entry(3, name));

        registry.ReadAll().Select(entry => (entry.Name.ToString(), entry.Owner)).Should().Equal(
            names.Select(Entries.Name).Order().SelectMany(name => new[] { (name.ToString(), 3L), (name.ToString(), 20L) }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1000)]
    public void Pages_of_any_length_return_every_entry_once(int room)
    {
        var registry = Create();
        for (var i = 0; i < 600; i++)
            registry.PutAll(Entries.Entry(1 + (i % 3), $"{i * 7919 % 600:d3}"));

        registry.ReadAll(room).Select(entry => entry.Name.ToString()).Should().Equal(Enumerable.Range(0, 600).Select(i => $"{i:d3}"));
    }

    [Fact]
    public void A_page_begins_after_its_position_whether_or_not_an_entry_is_there()
    {
        var registry = Create();
        registry.PutAll(Entries.Entry(1, "a"), Entries.Entry(3, "a"), Entries.Entry(1, "b"), Entries.Entry(1, "ba"));

        registry.ReadPage(new FilePosition("a"u8.ToArray(), 1), 1).Should().Equal(Entries.Entry(3, "a"));
        registry.ReadPage(new FilePosition("a"u8.ToArray(), 2), 1).Should().Equal(Entries.Entry(3, "a"));
        registry.ReadPage(new FilePosition("a"u8.ToArray(), 3), 1).Should().Equal(Entries.Entry(1, "b"));
        registry.ReadPage(FilePosition.Before("b"u8.ToArray()), 9).Should().Equal(Entries.Entry(1, "b"), Entries.Entry(1, "ba"));
        registry.ReadPage(FilePosition.Before("\xff"u8.ToArray()), 9).Should().BeEmpty();
    }

    [Fact]
    public void An_encoded_page_is_the_text_of_its_rows()
    {
        var registry = Create();
        registry.PutAll(Entries.Entry(1, "a", 5), Entries.Entry(3, "a"), Entries.Entry(1, "yaz tatili ğ.txt"), Entries.Entry(1, "z"));

        registry.ReadEncodedPage(FilePosition.Start, 3).Should().Equal(
            "a 10.0.0.1 9001", "a 10.0.0.3 9001", "yaz tatili ğ.txt 10.0.0.1 9001", "yaz tatili ğ.txt of 1");
        registry.ReadEncodedPage(new FilePosition("a"u8.ToArray(), 2), 1).Should().Equal("a 10.0.0.3 9001", "a of 3");
        registry.ReadEncodedPage(new FilePosition("z"u8.ToArray(), 1), 1).Should().BeEmpty();
    }

    [Fact]
    public void An_encoded_page_shows_each_entry_with_its_own_port()
    {
        var registry = Create();
        registry.PutAll(Entries.Entry(1, "a", port: 9001), Entries.Entry(1, "b", port: 65535), Entries.Entry(1, "c", port: 1));
        registry.PutAll(Entries.Entry(1, "d", 5));
        registry.PutAll(Entries.Entry(1, "a", port: 9002), Entries.Entry(1, "d", 6, port: 9003));

        registry.ReadEncodedPage(FilePosition.Start, 9).Should().Equal(
            "a 10.0.0.1 9002", "b 10.0.0.1 65535", "c 10.0.0.1 1", "d 10.0.0.1 9003", "d of 1");
    }

    [Fact]
    public void Pages_neither_repeat_nor_skip_while_the_registry_changes()
    {
        var registry = Create();
        var stays = Enumerable.Range(0, 900).Select(i => Entries.Entry(1, $"{i:d4}")).ToList();
        registry.PutAll(stays);
        registry.PutAll(stays.Select(entry => Entries.Entry(2, entry.Name + "-")));
        var (seen, random) = (new List<FileEntry>(), new Random(1));
        List<FileEntry> page;
        do
        {
            page = registry.ReadPage(seen.Count == 0 ? FilePosition.Start : Entries.After(seen[^1]), 10);
            seen.AddRange(page);
            if (page.Count > 0)
                registry.Remove(page[^1].Owner == 2 ? 2 : 3, page[^1].Name);
            for (var i = 0; i < 20; i++)
            {
                registry.Remove(2, Entries.Name($"{random.Next(900):d4}-"));
                registry.PutAll(Entries.Entry(3, $"{random.Next(900):d4}+"));
            }
        }
        while (page.Count > 0);

        seen.Should().OnlyHaveUniqueItems();
        seen.Where(entry => entry.Owner == 1).Should().Equal(stays);
    }

    [Fact]
    public void A_full_registry_refuses_new_entries_and_accepts_replacements()
    {
        var registry = Create(_time, ServerBounds.Default with { MaxFiles = 3, MaxFilesPerClient = 2 });
        registry.PutAll(Entries.Entry(1, "a"), Entries.Entry(1, "b"));

        registry.Put(Entries.Entry(1, "c")).Should().Be(PutResult.OwnerFull);
        registry.PutAll(Entries.Entry(2, "c"));
        registry.Put(Entries.Entry(2, "d")).Should().Be(PutResult.RegistryFull);
        registry.PutAll(Entries.Entry(1, "a", 5), Entries.Entry(2, "c", port: 9002));
        registry.Remove(1, Entries.Name("b")).Should().BeTrue();
        registry.PutAll(Entries.Entry(2, "d"));

        registry.ReadAll().Should().Equal(Entries.Entry(1, "a", 5), Entries.Entry(2, "c", port: 9002), Entries.Entry(2, "d"));
    }
}
