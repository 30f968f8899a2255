using System.Net;
using System.Text;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Tests.Identity;

public sealed class HostAndPortTests
{
    private static readonly string Label = new('a', 63);

    [Theory]
    [InlineData("127.0.0.1:8080", "127.0.0.1:8080")]
    [InlineData("192.0.2.1:080", "192.0.2.1:80")]
    [InlineData("[::1]:8080", "[::1]:8080")]
    [InlineData("[2001:DB8:0::a]:1", "[2001:db8::a]:1")]
    [InlineData("[::ffff:192.0.2.1]:65535", "192.0.2.1:65535")]
    public void An_ip_address_with_a_port_is_accepted(string word, string written)
    {
        var parsed = Parsed(word);

        parsed!.EndPoint.Should().BeOfType<IPEndPoint>();
        parsed.ToString().Should().Be(written);
    }

    [Theory]
    [InlineData("localhost:8080", "localhost:8080")]
    [InlineData("S-1.Example.ORG:1", "s-1.example.org:1")]
    [InlineData("3com.org:65535", "3com.org:65535")]
    [InlineData("1.2.3.4a:80", "1.2.3.4a:80")]
    [InlineData("xn--bcher-kva.example:80", "xn--bcher-kva.example:80")]
    [InlineData("a:1", "a:1")]
    public void A_host_name_with_a_port_is_accepted(string word, string written)
    {
        var parsed = Parsed(word);

        parsed!.EndPoint.Should().BeOfType<DnsEndPoint>();
        parsed.ToString().Should().Be(written);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":8080")]
    [InlineData("localhost")]
    [InlineData("localhost:")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:+1")]
    [InlineData("localhost:80 ")]
    [InlineData("192.0.2.1")]
    [InlineData("::1")]
    [InlineData("::1:8080")]
    [InlineData("[::1]")]
    [InlineData("[::1]8080")]
    [InlineData("[::1:8080")]
    [InlineData("[]:8080")]
    [InlineData("[192.0.2.1]:8080")]
    [InlineData("[localhost]:8080")]
    [InlineData("[[::1]]:8080")]
    [InlineData("[fe80::1%eth0]:8080")]
    [InlineData("[::]:8080")]
    [InlineData("[ff02::1]:8080")]
    [InlineData("0.0.0.0:8080")]
    [InlineData("224.0.0.1:8080")]
    [InlineData("255.255.255.255:8080")]
    public void An_address_that_is_none_is_refused(string word) => Parsed(word).Should().BeNull();

    [Theory]
    [InlineData("127.1:8080")]
    [InlineData("127.0.0.01:8080")]
    [InlineData("2130706433:8080")]
    [InlineData("0x7f000001:8080")]
    [InlineData("0X7F.1:8080")]
    [InlineData("127.0.0.0x1:8080")]
    public void A_name_that_a_resolver_may_read_as_an_address_is_refused(string word) => Parsed(word).Should().BeNull();

    [Theory]
    [InlineData("a..b:80")]
    [InlineData(".a:80")]
    [InlineData("a.:80")]
    [InlineData("-a:80")]
    [InlineData("a-:80")]
    [InlineData("a.-b:80")]
    [InlineData("a_b:80")]
    [InlineData("a b:80")]
    [InlineData("a/b:80")]
    [InlineData("a@b:80")]
    [InlineData("b\u00fccher.example:80")]
    [InlineData("a\u001b[2Jb:80")]
    [InlineData("a\0b:80")]
    public void A_name_that_no_host_may_have_is_refused(string word) => Parsed(word).Should().BeNull();

    [Fact]
    public void A_label_has_at_most_63_bytes_and_a_name_253()
    {
        Parsed($"{Label}:80").Should().NotBeNull();
        Parsed($"{Label}a:80").Should().BeNull();
        Parsed($"{Label}.{Label}.{Label}.{Label[..61]}:80").Should().NotBeNull();
        Parsed($"{Label}.{Label}.{Label}.{Label[..62]}:80").Should().BeNull();
    }

    [Fact]
    public void The_same_address_is_equal_however_it_is_written()
    {
        Parsed("Example.org:080").Should().Be(Parsed("example.org:80"));
        Parsed("[0:0::1]:80").Should().Be(Parsed("[::1]:80"));
        Parsed("[::ffff:192.0.2.1]:80").Should().Be(Parsed("192.0.2.1:80"));
        Parsed("192.0.2.1:80").Should().NotBe(Parsed("192.0.2.1:81"));
    }

    private static HostAndPort? Parsed(string word) =>
        HostAndPort.TryParse(Encoding.UTF8.GetBytes(word), out var parsed) ? parsed : null;
}
