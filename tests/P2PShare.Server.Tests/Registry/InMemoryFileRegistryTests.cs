using P2PShare.Server.Registry;

namespace P2PShare.Server.Tests.Registry;

public sealed class InMemoryFileRegistryTests : FileRegistryContract
{
    private protected override IFileRegistry Create(TimeProvider time, ServerBounds bounds) => new InMemoryFileRegistry(time, bounds);
}
