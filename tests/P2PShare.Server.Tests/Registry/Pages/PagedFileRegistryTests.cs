using P2PShare.Server.Configuration;
using P2PShare.Server.Registry;
using P2PShare.Server.Registry.Pages;
using P2PShare.Server.Registry.Tables;

namespace P2PShare.Server.Tests.Registry.Pages;

/// <summary>A registry that is divided into pages, of two items at most, does for its own sessions what every registry does.</summary>
public sealed class PagedFileRegistryTests : FileRegistryContract
{
    private protected override IFileRegistry Create(TimeProvider time, ServerBounds bounds) => Paged.Create(time, bounds);
}

/// <inheritdoc cref="PagedFileRegistryTests"/>
public sealed class PagedFileRegistryRoundRobinTests : FileRegistryRoundRobinContract
{
    private protected override IFileRegistry Create(TimeProvider time, ServerBounds bounds) => Paged.Create(time, bounds);
}

/// <inheritdoc cref="PagedFileRegistryTests"/>
public sealed class PagedPartRegistryTests : PartRegistryContract
{
    private protected override IFileRegistry Create(ServerBounds bounds) => Paged.Create(TimeProvider.System, bounds);
}

/// <summary>Makes registries of two items a page.</summary>
internal static class Paged
{
    public static InMemoryFileRegistry Create(TimeProvider? time = null, ServerBounds? bounds = null, int maxOfAll = int.MaxValue) =>
        new(time ?? TimeProvider.System, bounds ?? ServerBounds.Default, new Random(1), new PageBounds(maxOfAll, MaxItems: 2));
}
