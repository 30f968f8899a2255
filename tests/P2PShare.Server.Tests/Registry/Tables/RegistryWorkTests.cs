using System.Diagnostics;
using P2PShare.Server.Configuration;
using P2PShare.Server.Registry;
using P2PShare.Server.Registry.Tables;

namespace P2PShare.Server.Tests.Registry.Tables;

/// <summary>That work grows with what is asked for, and with nothing else. Times are compared with each other, never with a clock.</summary>
public sealed class RegistryWorkTests
{
    private const int Own = 500;
    private const int LiesTimed = 5_000;

    // A registry that looks at everybody's files is two hundred times slower here; a busy machine is not.
    private const int Tolerance = 20;

    [Fact]
    public void Leaving_takes_the_work_of_the_owners_own_files_however_many_others_there_are()
    {
        var (small, large) = (Filled(others: 1_000), Filled(others: 200_000));

        var (timeOfSmall, timeOfLarge) = (FastestLeave(small), FastestLeave(large));

        timeOfLarge.Should().BeLessThan(timeOfSmall * Tolerance);
    }

    [Fact]
    public void Leaving_allocates_nothing()
    {
        var registry = Filled(others: 10_000);
        Join(registry);
        registry.RemoveAll(1);
        Join(registry);

        // More than that is a collection in the middle, which another test may cause and which counts what this thread had in reserve.
        const int Reserve = 8192;
        var before = GC.GetAllocatedBytesForCurrentThread();
        registry.RemoveAll(1).Should().Be(Own);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000 + Reserve, "the assertion itself allocates, and removing does not");
    }

    [Fact]
    public void A_lie_about_the_size_costs_the_same_however_many_there_were_before()
    {
        var registry = new InMemoryFileRegistry(TimeProvider.System, ServerBounds.Default);
        var first = FastestLies(registry, 0);
        Lie(registry, LiesTimed, 100_000);
        var last = FastestLies(registry, 100_000);

        last.Should().BeLessThan(first * Tolerance);
        registry.RemoveAll(1).Should().Be(100_000 + LiesTimed);
    }

    private static TimeSpan FastestLies(InMemoryFileRegistry registry, int from) =>
        Enumerable.Range(0, 5).Min(i => Timed(() => Lie(registry, from + (i * LiesTimed / 5), from + ((i + 1) * LiesTimed / 5))));

    private static void Lie(InMemoryFileRegistry registry, int from, int to)
    {
        for (var size = from + 1; size <= to; size++)
            registry.Put(new FileEntry(1, Entries.Name($"lie {size}"), Entries.Address(1), Entries.Content(5, size)));
    }

    private static InMemoryFileRegistry Filled(int others)
    {
        var registry = new InMemoryFileRegistry(TimeProvider.System, ServerBounds.Default);
        for (var i = 0; i < others; i++)
            registry.Put(Entries.Entry(2 + (i % 100), $"{i % 5000} of others", 1 + (i % 3000)));
        return registry;
    }

    private static void Join(InMemoryFileRegistry registry)
    {
        for (var i = 0; i < Own; i++)
            registry.Put(Entries.Entry(1, $"{i * 7} of others", 1 + i));
    }

    private static TimeSpan FastestLeave(InMemoryFileRegistry registry)
    {
        var fastest = TimeSpan.MaxValue;
        for (var time = 0; time < 20; time++)
        {
            Join(registry);
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
