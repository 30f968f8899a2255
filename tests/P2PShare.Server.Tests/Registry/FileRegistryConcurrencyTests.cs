using P2PShare.Server.Configuration;
using P2PShare.Server.Registry;
using P2PShare.Server.Registry.Tables;

namespace P2PShare.Server.Tests.Registry;

public sealed class FileRegistryConcurrencyTests
{
    private const int Tasks = 64;
    private const int Files = 200;

    private readonly InMemoryFileRegistry _registry = new(TimeProvider.System, ServerBounds.Default);

    [Fact]
    public async Task Sixty_four_concurrent_owners_lose_no_entry_and_leave_none_behind()
    {
        using var start = new Barrier(Tasks);
        var working = Enumerable.Range(1, Tasks).Select(owner => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                PutAndLook(owner);
            },
            TaskCreationOptions.LongRunning));
        await Task.WhenAll(working);

        _registry.ReadAll().Should().HaveCount(Tasks * (Files / 2 + 1))
            .And.OnlyHaveUniqueItems();
        _registry.Find("shared", Tasks).Should().HaveCount(Tasks);

        var leaving = Enumerable.Range(1, Tasks).Select(owner => Task.Run(() => _registry.RemoveAll(owner)));
        (await Task.WhenAll(leaving)).Sum().Should().Be(Tasks * (Files / 2 + 1));
        _registry.ReadAll().Should().BeEmpty();
        _registry.Choose(Entries.Name("shared"))?.Address.Should().BeNull();
        _registry.Find(Entries.Id(1)).Should().BeEmpty();
    }

    // The results that concern the owner's own entries do not depend on what the others do.
    private void PutAndLook(int owner)
    {
        _registry.PutAll(Entries.Entry(owner, "shared", 1));
        for (var i = 0; i < Files; i++)
        {
            var entry = Entries.Entry(owner, $"{i} of {owner}", 1 + (i % 5));
            _registry.PutAll(entry);
            _registry.Find(entry.Name.ToString()).Should().Equal(entry);
            _registry.Choose(entry.Name)?.Address.Should().Be(entry.Address);
            _registry.Choose(Entries.Name("shared"))?.Address.Should().NotBeNull();
            _registry.Find(Entries.Id(1 + (i % 5))).Should().NotBeEmpty()
                .And.OnlyContain(found => found.Identity == Entries.Content(1 + (i % 5)));
            _registry.ReadPage(new FilePosition(entry.Name.Utf8, owner - 1), 1).Should().Equal(entry);
            if (i % 2 == 1)
                _registry.Remove(owner, entry.Name).Should().BeTrue();
        }
    }
}
