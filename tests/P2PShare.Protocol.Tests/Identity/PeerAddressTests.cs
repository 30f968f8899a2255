using System.Net;
using System.Text;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Tests.Identity;

public sealed class PeerAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", "9001", "127.0.0.1:9001")]
    [InlineData("1.0.0.0", "1", "1.0.0.0:1")]
    [InlineData("223.255.255.255", "65535", "223.255.255.255:65535")]
    [InlineData("192.168.1.20", "080", "192.168.1.20:80")]
    [InlineData("::1", "9001", "[::1]:9001")]
    [InlineData("0:0:0:0:0:0:0:1", "9001", "[::1]:9001")]
    [InlineData("2001:DB8::a", "9001", "[2001:db8::a]:9001")]
    [InlineData("fe80::1", "9001", "[fe80::1]:9001")]
    [InlineData("::ffff:127.0.0.1", "9001", "127.0.0.1:9001")]
    [InlineData("::FFFF:7f00:1", "9001", "127.0.0.1:9001")]
    [InlineData("0000:0000:0000:0000:0000:ffff:192.168.100.228", "9001", "192.168.100.228:9001")]
    public void The_address_of_a_single_host_is_accepted(string ip, string port, string address)
    {
        PeerAddress.TryParse(Encoding.UTF8.GetBytes(ip), Encoding.UTF8.GetBytes(port), out var parsed).Should().BeTrue();
        parsed.ToString().Should().Be(address);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:0.0.0.0")]
    [InlineData("::ffff:224.0.0.1")]
    [InlineData("::ffff:255.255.255.255")]
    public void An_address_that_no_single_host_has_is_refused(string ip) => IsAccepted(ip, "9001").Should().BeFalse();

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("010.0.0.1")]
    [InlineData("127.000.000.001")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("127.0.0.1.")]
    [InlineData("127.0.0.1:80")]
    [InlineData(" 127.0.0.1")]
    [InlineData("127.0.0.1 ")]
    [InlineData("127.0.0.1\0")]
    [InlineData("127.0.0.256")]
    [InlineData("١٢٧.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("[::1]:80")]
    [InlineData("::1%eth0")]
    [InlineData("fe80::1%1")]
    [InlineData("::1/64")]
    [InlineData("::ffff:010.0.0.1")]
    [InlineData("::ffff:127.1")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("::12345")]
    [InlineData(":")]
    [InlineData("é::1")]
    [InlineData("00000000000000000000000000000000000000000000::1")]
    public void Text_that_is_not_an_address_written_in_full_is_refused(string ip) => IsAccepted(ip, "9001").Should().BeFalse();

    [Fact]
    public void Bytes_that_are_not_text_are_refused() => PeerAddress.TryParse([0xFF, (byte)':', 0xFE], "1"u8, out _).Should().BeFalse();

    [Theory]
    [InlineData("1", 1)]
    [InlineData("65535", 65535)]
    [InlineData("0000000000000009001", 9001)]
    public void A_number_in_1_to_65535_is_accepted_as_a_port(string text, int port)
    {
        PeerAddress.TryParsePort(Encoding.UTF8.GetBytes(text), out var parsed).Should().BeTrue();
        parsed.Should().Be(port);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("4294967297")]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775808")]
    [InlineData("18446744073709551617")]
    [InlineData("00000000000000009001")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1.0")]
    [InlineData("1,0")]
    [InlineData("1e3")]
    [InlineData("0x50")]
    [InlineData("٩")]
    [InlineData("1\0")]
    public void Text_that_is_not_a_number_in_1_to_65535_is_refused_as_a_port(string text)
    {
        PeerAddress.TryParsePort(Encoding.UTF8.GetBytes(text), out _).Should().BeFalse();
        IsAccepted("127.0.0.1", text).Should().BeFalse();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65536)]
    public void A_port_out_of_bounds_throws(int port) =>
        FluentActions.Invoking(() => PeerAddress.Create(IPAddress.Loopback, port)).Should().Throw<ArgumentOutOfRangeException>();

    [Theory]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1")]
    [InlineData("fe80::1%7", "fe80::1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    public void Mapped_addresses_become_IPv4_and_scopes_are_dropped(string ip, string canonical)
    {
        var address = PeerAddress.Create(IPAddress.Parse(ip), 9001);

        address.Ip.ToString().Should().Be(canonical);
        address.Should().Be(PeerAddress.Create(IPAddress.Parse(canonical), 9001));
    }

    private static bool IsAccepted(string ip, string port) =>
        PeerAddress.TryParse(Encoding.UTF8.GetBytes(ip), Encoding.UTF8.GetBytes(port), out _);
}
