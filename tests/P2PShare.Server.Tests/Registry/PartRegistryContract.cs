using P2PShare.Server.Configuration;
using P2PShare.Server.Registry;

namespace P2PShare.Server.Tests.Registry;

/// <summary>What every registry must do with parts.</summary>
public abstract class PartRegistryContract
{
    private protected abstract IFileRegistry Create(ServerBounds bounds);

    private IFileRegistry Create() => Create(ServerBounds.Default);

    [Fact]
    public void Without_entries_and_parts_there_are_no_peers()
    {
        var registry = Create();

        registry.FindPeers(5).Should().BeEmpty();
        registry.RemovePart(1, Entries.Id(5)).Should().BeFalse();
    }

    [Fact]
    public void Peers_are_those_that_have_the_content_under_any_name_and_those_that_have_a_part_of_it()
    {
        var registry = Create();
        registry.PutAll(Entries.Entry(1, "a", 5), Entries.Entry(2, "b", 5), Entries.Entry(3, "a", 6), Entries.Entry(4, "a"));
        registry.PutPart(5, 5);
        registry.PutPart(6, 6);

        registry.FindPeers(5).Should().BeEquivalentTo([Entries.Whole(1), Entries.Whole(2), Entries.Part(5)]);
        registry.FindPeers(6).Should().BeEquivalentTo([Entries.Whole(3), Entries.Part(6)]);
    }

    [Fact]
    public void Every_size_that_is_announced_with_an_id_is_found()
    {
        var registry = Create();
        registry.PutPart(1, 5);
        for (var owner = 2; owner <= 5; owner++)
            registry.Put(new FileEntry(owner, Entries.Name("a"), Entries.Address(owner), Entries.Content(5, owner)));

        registry.FindPeers(5).Should().BeEquivalentTo(
            [Entries.Part(1), Entries.Whole(2), Entries.Whole(3), Entries.Whole(4), Entries.Whole(5)]);
        registry.RemoveAll(2);
        registry.FindPeers(5).Should().HaveCount(4);
    }

    [Fact]
    public void A_part_is_found_by_no_operation_on_entries()
    {
        var registry = Create();
        registry.PutPart(1, 5);
        registry.PutAll(Entries.Entry(2, "a", 5));

        registry.ReadAll().Should().Equal(Entries.Entry(2, "a", 5));
        registry.ReadEncodedPage(FilePosition.Start, 9).Should().Equal("a 10.0.0.2 9001", "a of 2");
        registry.Find("a").Should().Equal(Entries.Entry(2, "a", 5));
        registry.Find(Entries.Id(5)).Should().Equal(Entries.Entry(2, "a", 5));
        for (var time = 0; time < 3; time++)
            registry.Choose(Entries.Name("a"))?.Address.Should().Be(Entries.Address(2));
        registry.RemoveAll(2).Should().Be(1);
        registry.Find(Entries.Id(5)).Should().BeEmpty();
    }

    [Fact]
    public void Putting_a_part_again_replaces_its_address()
    {
        var registry = Create();
        registry.PutPart(1, 5, 9001);
        registry.PutPart(1, 5, 9002);

        registry.FindPeers(5).Should().Equal(Entries.Part(1, 9002));
        registry.RemovePart(1, Entries.Id(5)).Should().BeTrue();
        registry.RemovePart(1, Entries.Id(5)).Should().BeFalse();
        registry.FindPeers(5).Should().BeEmpty();
    }

    [Fact]
    public void An_entry_replaces_the_part_of_its_owner_only()
    {
        var registry = Create();
        registry.PutPart(1, 5, 9002);
        registry.PutPart(1, 6);
        registry.PutPart(2, 5);
        registry.PutAll(Entries.Entry(1, "a", 5));

        registry.FindPeers(5).Should().BeEquivalentTo([Entries.Whole(1), Entries.Part(2)]);
        registry.FindPeers(6).Should().Equal(Entries.Part(1));
        registry.RemovePart(1, Entries.Id(5)).Should().BeFalse("the entry has replaced it");
        registry.Remove(1, Entries.Name("a")).Should().BeTrue();
        registry.FindPeers(5).Should().Equal(Entries.Part(2));
    }

    [Fact]
    public void An_entry_whose_content_changes_replaces_the_part_too()
    {
        var registry = Create();
        registry.PutAll(Entries.Entry(1, "a", 6));
        registry.PutPart(1, 5);
        registry.PutAll(Entries.Entry(1, "a", 5));

        registry.FindPeers(5).Should().Equal(Entries.Whole(1));
        registry.FindPeers(6).Should().BeEmpty();
        registry.RemoveAll(1).Should().Be(1);
    }

    [Fact]
    public void A_part_of_a_content_that_its_owner_has_whole_changes_nothing()
    {
        var registry = Create();
        registry.PutAll(Entries.Entry(1, "a", 5), Entries.Entry(1, "b", 5));
        registry.PutPart(1, 5, 9002);
        registry.PutPart(2, 5);
        registry.PutPart(1, 5, 9002);

        registry.FindPeers(5).Should().BeEquivalentTo([Entries.Whole(1), Entries.Part(2)]);
        registry.Remove(1, Entries.Name("a"));
        registry.FindPeers(5).Should().BeEquivalentTo([Entries.Whole(1), Entries.Part(2)], "it is shared under another name");
        registry.Remove(1, Entries.Name("b"));
        registry.FindPeers(5).Should().Equal(Entries.Part(2));
    }

    [Fact]
    public void An_address_of_several_owners_is_found_once_and_as_whole_while_one_of_them_has_the_whole()
    {
        var registry = Create();
        registry.PutPart(2, Entries.Id(5), Entries.Address(1));
        registry.PutPart(3, Entries.Id(5), Entries.Address(1));
        registry.FindPeers(5).Should().Equal(Entries.Part(1));

        registry.PutAll(Entries.Entry(1, "a", 5));
        registry.FindPeers(5).Should().Equal(Entries.Whole(1));
        registry.RemoveAll(2).Should().Be(1);
        registry.FindPeers(5).Should().Equal(Entries.Whole(1));
        registry.RemoveAll(1).Should().Be(1);
        registry.FindPeers(5).Should().Equal(Entries.Part(1));
        registry.RemoveAll(3).Should().Be(1);
        registry.FindPeers(5).Should().BeEmpty();
    }

    [Fact]
    public void An_address_that_two_owners_have_whole_is_found_once()
    {
        var registry = Create();
        registry.PutAll(Entries.Entry(1, "a", 5), Entries.Entry(2, "a", 5) with { Address = Entries.Address(1) });

        registry.FindPeers(5).Should().Equal(Entries.Whole(1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(1500)]
    public void RemoveAll_removes_the_entries_and_the_parts_of_an_owner_and_no_other(int count)
    {
        var registry = Create();
        for (var content = 1; content <= count; content++)
        {
            registry.PutAll(Entries.Entry(1, $"{content}", content));
            registry.PutPart(1, count + content);
            registry.PutPart(2, content);
        }

        registry.RemoveAll(1).Should().Be(2 * count);
        registry.RemoveAll(1).Should().Be(0);

        registry.FindPeers(1).Should().Equal(Entries.Part(2));
        registry.FindPeers(count + 1).Should().BeEmpty();
        registry.RemoveAll(2).Should().Be(count);
    }

    [Fact]
    public void A_part_takes_the_room_of_an_entry_and_is_replaced_in_a_full_registry()
    {
        var registry = Create(ServerBounds.Default with { MaxFiles = 3, MaxFilesPerClient = 2 });
        registry.PutPart(1, 5);
        registry.PutAll(Entries.Entry(1, "a", 6));

        registry.PutPart(1, Entries.Id(7), Entries.Address(1)).Should().Be(PutResult.OwnerFull);
        registry.Put(Entries.Entry(1, "b", 7)).Should().Be(PutResult.OwnerFull);
        registry.PutPart(2, 5);
        registry.PutPart(2, Entries.Id(6), Entries.Address(2)).Should().Be(PutResult.RegistryFull);
        registry.Put(Entries.Entry(2, "b", 7)).Should().Be(PutResult.RegistryFull);
        registry.PutPart(1, 6);
        registry.PutPart(2, 5, 9002);
        registry.PutAll(Entries.Entry(2, "b", 5), Entries.Entry(1, "c", 5));

        registry.FindPeers(5).Should().BeEquivalentTo([Entries.Whole(1), Entries.Whole(2)]);
        registry.Put(Entries.Entry(2, "d", 5)).Should().Be(PutResult.RegistryFull, "it replaces no part any more");
        registry.RemoveAll(1).Should().Be(2);
        registry.PutPart(2, 6);
    }

    [Theory]
    [InlineData(60, 0)]
    [InlineData(0, 60)]
    [InlineData(30, 30)]
    [InlineData(2000, 1)]
    public void No_more_peers_are_found_than_there_is_room_for_and_each_once(int wholes, int parts)
    {
        var registry = Filled(wholes, parts);

        for (var time = 0; time < 10; time++)
            registry.FindPeers(5).Should().HaveCount(50).And.OnlyHaveUniqueItems();
    }

    private protected IFileRegistry Filled(int wholes, int parts)
    {
        var registry = Create();
        registry.PutAll(Enumerable.Range(1, wholes).Select(owner => Entries.Entry(owner, $"{owner % 7}", 5)));
        for (var owner = wholes + 1; owner <= wholes + parts; owner++)
            registry.PutPart(owner, 5);
        return registry;
    }
}
