using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Networking.Tests.Security.Identities;

public sealed class KnownServersTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly KnownServers _known;

    public KnownServersTests() => _known = new KnownServers(_folder.File("state/known_servers"));

    [Fact]
    public void Without_a_file_no_server_is_known() => _known.Find("example.org:8080").Should().BeNull();

    [Theory]
    [InlineData("example.org:8080")]
    [InlineData("127.0.0.1:8080")]
    [InlineData("[2001:db8::1]:8080")]
    public void A_remembered_server_is_found_by_another_program(string server)
    {
        _known.Remember(server, Key(1));

        new KnownServers(_known.Path).Find(server).Should().Be(Key(1));
        _known.Find("example.org:8081").Should().BeNull("another port is another server");
    }

    [Fact]
    public void A_host_name_is_found_in_either_case()
    {
        _known.Remember("Example.org:8080", Key(1));

        _known.Find("eXAMPLE.ORG:8080").Should().Be(Key(1));
    }

    [Fact]
    public void A_known_key_is_never_replaced()
    {
        _known.Remember("example.org:8080", Key(1)).Should().Be(Key(1));
        _known.Remember("example.org:8080", Key(2)).Should().Be(Key(1));
        _known.Remember("EXAMPLE.ORG:8080", Key(2)).Should().Be(Key(1));

        _known.Find("example.org:8080").Should().Be(Key(1));
        File.ReadAllLines(_known.Path).Should().ContainSingle();
    }

    [Fact]
    public void Several_writers_at_once_lose_nothing()
    {
        const int writers = 4, servers = 20;

        Parallel.For(0, writers, writer =>
        {
            var known = new KnownServers(_known.Path);
            for (var server = 0; server < servers; server++)
                known.Remember($"server-{writer}-{server}:8080", Key(writer));
        });

        for (var writer = 0; writer < writers; writer++)
        {
            for (var server = 0; server < servers; server++)
                _known.Find($"server-{writer}-{server}:8080").Should().Be(Key(writer));
        }
    }

    [Fact]
    public void Only_its_owner_can_read_the_file()
    {
        if (OperatingSystem.IsWindows())
            return;
        _known.Remember("example.org:8080", Key(1));

        File.GetUnixFileMode(_known.Path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void People_may_write_empty_lines_comments_and_fingerprints_without_groups()
    {
        WriteFile($"# mine\n\nexample.org:8080 {Key(1)}\r\nother.org:8080 {Key(2).ToString().ToUpperInvariant()}");

        _known.Find("example.org:8080").Should().Be(Key(1));
        _known.Find("other.org:8080").Should().Be(Key(2));
    }

    [Theory]
    [InlineData("example.org:8080")]
    [InlineData("example.org:8080 ")]
    [InlineData("example.org:8080 abcd")]
    [InlineData(" example.org:8080 {0}")]
    [InlineData("example.org:8080  {0}")]
    [InlineData("example.org:8080 {0} mine")]
    [InlineData("example.org:8080 {0}0")]
    [InlineData("other.org:8080 {1}\nexample.org:8080 g{0}")]
    public void A_broken_line_is_an_error_and_does_not_make_a_server_unknown(string lines)
    {
        var content = string.Format(null, lines, Key(1), Key(2));
        WriteFile(content);

        var find = () => _known.Find("example.org:8080");
        var remember = () => _known.Remember("third.org:8080", Key(3));

        find.Should().Throw<IOException>().Which.Message.Should().Contain(_known.Path);
        remember.Should().Throw<IOException>();
        File.ReadAllText(_known.Path).Should().Be(content, "the user has to see what is wrong");
    }

    [Fact]
    public void Too_long_a_file_is_an_error()
    {
        WriteFile(string.Concat(Enumerable.Repeat("# a comment of forty characters, no more\n", 26_000)));

        _known.Invoking(known => known.Find("example.org:8080")).Should().Throw<IOException>();
        _known.Invoking(known => known.Remember("example.org:8080", Key(1))).Should().Throw<IOException>();
    }

    [Fact]
    public void Without_a_folder_that_can_be_made_remembering_is_an_error()
    {
        _folder.Write("state", "a file"u8);

        _known.Invoking(known => known.Remember("example.org:8080", Key(1))).Should().Throw<IOException>();
    }

    public void Dispose() => _folder.Dispose();

    private static KeyFingerprint Key(int number) => KeyFingerprint.OfHash(new SeededBytes((ulong)number).Create(32));

    private void WriteFile(string content) => _folder.Write("state/known_servers", System.Text.Encoding.UTF8.GetBytes(content));
}
