using System.Net;
using System.Text;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Tests.Grammar;

/// <summary>What is kept of an address is what lines end with, however long it is.</summary>
public sealed class EncodedAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", 9001, " 127.0.0.1 9001\n")]
    [InlineData("1.2.3.4", 1, " 1.2.3.4 1\n")]
    [InlineData("255.255.255.254", 65535, " 255.255.255.254 65535\n")]
    [InlineData("::1", 9001, " ::1 9001\n")]
    [InlineData("::ffff:10.0.0.1", 80, " 10.0.0.1 80\n")]
    [InlineData("2001:db8:1111:2222:3333:4444:5555:6666", 65535, " 2001:db8:1111:2222:3333:4444:5555:6666 65535\n")]
    public void It_is_the_end_of_a_line_and_gives_the_address_back(string ip, int port, string text)
    {
        var address = PeerAddress.Create(IPAddress.Parse(ip), port);
        var ending = new EncodedAddress(address);

        Encoding.ASCII.GetString(ending.Bytes).Should().Be(text);
        ending.Address.Should().Be(address);
    }
}
