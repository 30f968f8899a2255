using P2PShare.Peer.Downloads.Saving;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Tests.Downloads.Saving;

public sealed class PortableNameTests
{
    [Theory]
    [InlineData("report.pdf", "report.pdf")]
    [InlineData("10:30", "10_30")]
    [InlineData("what?.txt", "what_.txt")]
    [InlineData("<a>\"|*", "_a____")]
    [InlineData("CON", "_CON")]
    [InlineData("nul.txt", "_nul.txt")]
    [InlineData("COM1", "_COM1")]
    [InlineData("lpt9.tar.gz", "_lpt9.tar.gz")]
    [InlineData("trailing.", "trailing_")]
    [InlineData("trailing ", "trailing_")]
    [InlineData("console", "console")]
    public void Only_what_a_restrictive_file_system_cannot_hold_is_replaced(string part, string storable)
    {
        PortableName.Storable(part).Should().Be(storable);
        FileName.TryParse(part, out var name, out _).Should().BeTrue("it is shared as it is");
        PortableName.IsPortable(name).Should().Be(part == storable);
        PortableName.Storable(storable).Should().Be(storable);
    }
}
