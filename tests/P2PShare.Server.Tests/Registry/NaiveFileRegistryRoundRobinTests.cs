using P2PShare.Server.Configuration;
using P2PShare.Server.Registry;

namespace P2PShare.Server.Tests.Registry;

public sealed class NaiveFileRegistryRoundRobinTests : FileRegistryRoundRobinContract
{
    private protected override IFileRegistry Create(TimeProvider time, ServerBounds bounds) => new NaiveFileRegistry(time, bounds);
}
