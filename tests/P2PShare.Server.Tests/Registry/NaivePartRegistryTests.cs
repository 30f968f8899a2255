using P2PShare.Server.Configuration;
using P2PShare.Server.Registry;

namespace P2PShare.Server.Tests.Registry;

public sealed class NaivePartRegistryTests : PartRegistryContract
{
    private protected override IFileRegistry Create(ServerBounds bounds) => new NaiveFileRegistry(TimeProvider.System, bounds);
}
