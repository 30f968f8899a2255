using P2PShare.Server.Configuration;
using P2PShare.Testing;

namespace P2PShare.Server.Tests.Configuration;

public sealed class ServerLimitsTests
{
    [Fact]
    public void Every_bound_of_section_7_2_equals_the_constant_of_that_name() =>
        Specification.ConstantsOf(typeof(ServerLimits)).Should().BeEquivalentTo(Specification.BoundsIn("7.2"));
}
