using P2PShare.Server.Configuration;
using P2PShare.Server.Registry;
using P2PShare.Server.Registry.Tables;

namespace P2PShare.Server.Tests.Registry.Tables;

public sealed class InMemoryFileRegistryRoundRobinTests : FileRegistryRoundRobinContract
{
    private protected override IFileRegistry Create(TimeProvider time, ServerBounds bounds) => new InMemoryFileRegistry(time, bounds);
}
