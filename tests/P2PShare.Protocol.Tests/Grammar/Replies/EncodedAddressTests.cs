using System.Net;
using System.Text;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Tests.Grammar.Replies;

public sealed class EncodedAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", 9001, " 127.0.0.1 9001\n")]
    [InlineData("1.2.3.4", 1, " 1.2.3.4 1\n")]
    [InlineData("255.255.255.254", 65535, " 255.255.255.254 65535\n")]
    [InlineData("::1", 9001, " ::1 9001\n")]
    [InlineData("::ffff:10.0.0.1", 80, " 10.0.0.1 80\n")]
    [InlineData("2001:db8:1111:2222:3333:4444:5555:6666", 65535, " 2001:db8:1111:2222:3333:4444:5555:6666 65535\n")]
    public void Address_is_encoded_as_the_end_of_a_line_and_decoded_again(string ip, int port, string text)
    {
        var address = PeerAddress.Create(IPAddress.Parse(ip), port);
        var encoded = new EncodedAddress(address);

        Encoding.ASCII.GetString(encoded.Bytes).Should().Be(text);
        encoded.Address.Should().Be(address);
    }
}
