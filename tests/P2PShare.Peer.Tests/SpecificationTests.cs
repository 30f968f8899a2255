using P2PShare.Peer.Index;
using P2PShare.Peer.Peers;
using P2PShare.Peer.Uploads;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests;

/// <summary>The bounds in PROTOCOL.md equal the peer's limits.</summary>
public sealed class SpecificationTests
{
    [Theory]
    [InlineData("7.3", typeof(IndexLimits))]
    [InlineData("7.4", typeof(UploadLimits))]
    [InlineData("7.5", typeof(OwnerLimits))]
    public void Every_bound_of_a_section_equals_the_constant_of_that_name(string section, Type limits) =>
        Specification.ConstantsOf(limits).Should().BeEquivalentTo(Specification.BoundsIn(section));
}
