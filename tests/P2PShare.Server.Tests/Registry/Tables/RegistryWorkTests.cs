using System.Diagnostics;
using P2PShare.Server.Configuration;
using P2PShare.Server.Registry;
using P2PShare.Server.Registry.Tables;

namespace P2PShare.Server.Tests.Registry.Tables;

/// <summary>
/// The work of an operation must grow with what it concerns and with nothing else. Times are compared with each other, not with a limit.
/// </summary>
public sealed class RegistryWorkTests
{
    private const int Own = 500;
    private const int FalseSizesTimed = 5_000;

    // A registry that scanned all files would be two hundred times slower here; a busy machine is not.
    private const int Tolerance = 20;

    [Fact]
    public void Removing_an_owner_takes_time_for_its_own_files_only()
    {
        var (small, large) = (Filled(others: 1_000), Filled(others: 200_000));

        var (timeInSmall, timeInLarge) = (FastestRemoval(small), FastestRemoval(large));

        timeInLarge.Should().BeLessThan(timeInSmall * Tolerance);
    }

    [Fact]
    public void Removing_an_owner_allocates_nothing()
    {
        var registry = Filled(others: 10_000);
        AddOwn(registry);
        registry.RemoveAll(1);
        AddOwn(registry);

        // A collection during the measurement, which another test may cause, counts the rest of this thread's allocation context.
        const int AllocationContext = 8192;
        var before = GC.GetAllocatedBytesForCurrentThread();
        registry.RemoveAll(1).Should().Be(Own);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        allocated.Should().BeLessThan(1_000 + AllocationContext, "the assertion itself allocates, and removing does not");
    }

    [Fact]
    public void Adding_a_false_size_takes_the_same_time_however_many_there_are()
    {
        var registry = new InMemoryFileRegistry(TimeProvider.System, ServerBounds.Default);
        var first = FastestAdditions(registry, 0);
        AddFalseSizes(registry, FalseSizesTimed, 100_000);
        var last = FastestAdditions(registry, 100_000);

        last.Should().BeLessThan(first * Tolerance);
        registry.RemoveAll(1).Should().Be(100_000 + FalseSizesTimed);
    }

    [Fact]
    public void Choosing_peers_takes_the_same_time_however_many_there_are()
    {
        var (few, many) = (FastestChoice(owners: 2_000), FastestChoice(owners: 200_000));

        many.Should().BeLessThan(few * Tolerance);
    }

    [Fact]
    public void Parts_that_come_and_go_take_no_further_memory()
    {
        // Swarms that stayed would take 54 MB: more than the largest block of memory that the tables may have left.
        const int contents = 300_000;
        var registry = new InMemoryFileRegistry(TimeProvider.System, ServerBounds.Default);
        for (var content = 1; content <= contents; content++)
            registry.Put(Entries.Entry(1, $"{content}", content));
        var address = Entries.Address(2);
        PutAndRemove(1);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var content = 1; content <= contents; content++)
            PutAndRemove(content);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000, "no block of memory was added");

        void PutAndRemove(int content)
        {
            registry.PutPart(2, Entries.Id(content), address);
            registry.RemovePart(2, Entries.Id(content));
        }
    }

    private static TimeSpan FastestChoice(int owners)
    {
        var registry = new InMemoryFileRegistry(TimeProvider.System, ServerBounds.Default, new Random(1));
        for (var owner = 1; owner <= owners; owner++)
            registry.Put(Entries.Entry(owner, "a", 5));
        var found = new FoundPeer[50];
        return Enumerable.Range(0, 20).Min(_ => Timed(() => registry.FindPeers(Entries.Id(5), found).Should().Be(50)));
    }

    private static TimeSpan FastestAdditions(InMemoryFileRegistry registry, int from)
    {
        const int step = FalseSizesTimed / 5;
        return Enumerable.Range(0, 5).Min(i => Timed(() => AddFalseSizes(registry, from + (i * step), from + ((i + 1) * step))));
    }

    private static void AddFalseSizes(InMemoryFileRegistry registry, int from, int to)
    {
        for (var size = from + 1; size <= to; size++)
            registry.Put(new FileEntry(1, Entries.Name($"false {size}"), Entries.Address(1), Entries.Content(5, size)));
    }

    private static InMemoryFileRegistry Filled(int others)
    {
        var registry = new InMemoryFileRegistry(TimeProvider.System, ServerBounds.Default);
        for (var i = 0; i < others; i++)
            registry.Put(Entries.Entry(2 + (i % 100), $"{i % 5000} of others", 1 + (i % 3000)));
        return registry;
    }

    private static void AddOwn(InMemoryFileRegistry registry)
    {
        for (var i = 0; i < Own; i++)
            registry.Put(Entries.Entry(1, $"{i * 7} of others", 1 + i));
    }

    private static TimeSpan FastestRemoval(InMemoryFileRegistry registry)
    {
        var fastest = TimeSpan.MaxValue;
        for (var time = 0; time < 20; time++)
        {
            AddOwn(registry);
            var taken = Timed(() => registry.RemoveAll(1).Should().Be(Own));
            fastest = taken < fastest ? taken : fastest;
        }

        return fastest;
    }

    private static TimeSpan Timed(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed;
    }
}
