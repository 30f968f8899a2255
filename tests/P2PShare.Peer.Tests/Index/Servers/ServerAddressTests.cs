using P2PShare.Peer.Index.Servers;

namespace P2PShare.Peer.Tests.Index.Servers;

public sealed class ServerAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:8080")]
    [InlineData("127.0.0.1:81", "127.0.0.1:81")]
    [InlineData("::1", "[::1]:8080")]
    [InlineData("[::1]", "[::1]:8080")]
    [InlineData("[::1]:81", "[::1]:81")]
    [InlineData("example.org", "example.org:8080")]
    [InlineData("example.org:65535", "example.org:65535")]
    [InlineData("localhost", "localhost:8080")]
    public void Address_or_host_name_is_accepted_with_or_without_a_port(string text, string shown)
    {
        ServerAddress.TryParse(text, 8080, out var server).Should().BeTrue();
        ServerAddress.Format(server!).Should().Be(shown);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":81")]
    [InlineData("localhost:")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:-1")]
    [InlineData("localhost: 81")]
    [InlineData("localhost:81:82")]
    [InlineData("[::1]:")]
    [InlineData("[::1")]
    [InlineData("::1]")]
    [InlineData("[[::1]]")]
    [InlineData("[localhost]")]
    [InlineData("not an address")]
    [InlineData("a\u001b[2Jb")]
    [InlineData("http://localhost")]
    public void Malformed_address_is_refused(string text) => ServerAddress.TryParse(text, 8080, out _).Should().BeFalse();
}
