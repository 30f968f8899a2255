using System.Net;
using P2PShare.Client.Cli.Syntax;
using P2PShare.Peer.Tests.Index;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Tests.Cli.Syntax;

public sealed class FetchCommandLineTests
{
    private const string Id = "de208334b2d386b0f38c8f3123c149ace9cba507cbe33a89dd28958efb98ee4f";

    [Theory]
    [InlineData("a b.txt", $"'REQUEST a b.txt#{Id}'")]
    [InlineData("it's", $@"'REQUEST it'\''s#{Id}'")]
    [InlineData("a AS b", $"'REQUEST \"a AS b#{Id}\"'")]
    public void Line_fetches_the_content_from_a_shell(string name, string quoted)
    {
        FileId.TryParse(System.Text.Encoding.ASCII.GetBytes(Id), out var id).Should().BeTrue();

        new FetchCommandLine(() => new DnsEndPoint("files.example", 8080)).OfFile(ScriptedServer.File(name), id)
            .Should().Be($"client friend files.example 8080 0 -c {quoted}");
    }

    [Fact]
    public void IPv6_address_needs_no_brackets() =>
        new FetchCommandLine(() => new IPEndPoint(IPAddress.IPv6Loopback, 8080)).OfFolder("photos")
            .Should().Be("client friend ::1 8080 0 -c 'REQUEST photos/'");
}
