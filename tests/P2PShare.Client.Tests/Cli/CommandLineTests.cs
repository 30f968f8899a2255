using System.CommandLine;
using System.Net;
using P2PShare.Client.Cli;
using P2PShare.Client.Cli.Display;
using P2PShare.Peer.Index.Servers;
using P2PShare.Testing;

namespace P2PShare.Client.Tests.Cli;

/// <summary>The arguments of the program.</summary>
public sealed class CommandLineTests
{
    private static readonly string[] Good = ["yigido", "127.0.0.1", "8080", "9001"];

    [Theory]
    [InlineData("username is missing")]
    [InlineData("server_ip is missing", "yigido")]
    [InlineData("server_port is missing", "yigido", "127.0.0.1")]
    [InlineData("my_peer_port is missing", "yigido", "127.0.0.1", "8080")]
    [InlineData("username", "", "127.0.0.1", "8080", "9001")]
    [InlineData("username", "a\tb", "127.0.0.1", "8080", "9001")]
    [InlineData("username", "\u202eogidiy", "127.0.0.1", "8080", "9001")]
    [InlineData("64 characters", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "127.0.0.1", "8080", "9001")]
    [InlineData("server_ip", "yigido", "", "8080", "9001")]
    [InlineData("server_ip", "yigido", "not an address", "8080", "9001")]
    [InlineData("server_ip", "yigido", "a\u001b[2Jb", "8080", "9001")]
    [InlineData("server_ip", "yigido", "127.0.0.1,", "8080", "9001")]
    [InlineData("server_ip", "yigido", "127.0.0.1:0", "8080", "9001")]
    [InlineData("server_ip", "yigido", "[127.0.0.1", "8080", "9001")]
    [InlineData("server_port", "yigido", "127.0.0.1", "", "9001")]
    [InlineData("server_port", "yigido", "127.0.0.1", "0", "9001")]
    [InlineData("server_port", "yigido", "127.0.0.1", "65536", "9001")]
    [InlineData("server_port", "yigido", "127.0.0.1", "99999999999999999999", "9001")]
    [InlineData("server_port", "yigido", "127.0.0.1", "+80", "9001")]
    [InlineData("server_port", "yigido", "127.0.0.1", " 80", "9001")]
    [InlineData("server_port", "yigido", "127.0.0.1", "0x50", "9001")]
    [InlineData("server_port", "yigido", "127.0.0.1", "٨٠", "9001")]
    [InlineData("my_peer_port", "yigido", "127.0.0.1", "8080", "-1")]
    [InlineData("my_peer_port", "yigido", "127.0.0.1", "8080", "65536")]
    [InlineData("my_peer_port", "yigido", "127.0.0.1", "8080", "9001.0")]
    [InlineData("--bind", "yigido", "127.0.0.1", "8080", "9001", "--bind", "nowhere")]
    [InlineData("--bind", "yigido", "127.0.0.1", "8080", "9001", "--bind", "")]
    [InlineData("--bind", "yigido", "127.0.0.1", "8080", "9001", "--bind")]
    [InlineData("--downloads", "yigido", "127.0.0.1", "8080", "9001", "--downloads", "")]
    [InlineData("--downloads", "yigido", "127.0.0.1", "8080", "9001", "--downloads")]
    [InlineData("--log", "yigido", "127.0.0.1", "8080", "9001", "--log", "")]
    [InlineData("/ is a folder", "yigido", "127.0.0.1", "8080", "9001", "--log", "/")]
    [InlineData("--log", "yigido", "127.0.0.1", "8080", "9001", "--log", "a", "--log", "b")]
    [InlineData("--nonsense", "yigido", "127.0.0.1", "8080", "9001", "--nonsense")]
    [InlineData("perhaps", "yigido", "127.0.0.1", "8080", "9001", "--verbose=perhaps")]
    [InlineData("extra", "yigido", "127.0.0.1", "8080", "9001", "extra")]
    public void Invalid_argument_is_named_in_one_line(string named, params string[] arguments)
    {
        var commandLine = new CommandLine();

        var problem = commandLine.FirstProblem(Parse(commandLine, arguments));

        problem.Should().NotBeNull().And.Contain(named);
        problem!.Length.Should().BeLessThan(300);
        Screen.Safe(problem).Should().NotContain("\n");
    }

    [Fact]
    public void Downloads_folder_that_is_a_file_is_refused()
    {
        using var folder = new TempFolder();
        var file = folder.Write("a", "a"u8);
        var commandLine = new CommandLine();

        commandLine.FirstProblem(Parse(commandLine, [.. Good, "--downloads", file]))
            .Should().Be($"--downloads takes a folder, and {file} is a file");
        commandLine.FirstProblem(Parse(commandLine, [.. Good, "--downloads", folder.File("to be made")])).Should().BeNull();
    }

    [Fact]
    public void Four_arguments_suffice_and_the_options_have_defaults()
    {
        var options = Options(Good);

        options.User.Text.Should().Be("yigido");
        options.Servers.Should().Equal(new IPEndPoint(IPAddress.Loopback, 8080));
        options.PeerPort.Should().Be(9001);
        options.Downloads.Should().Be("./downloads");
        options.Bind.Should().BeNull();
        options.LogFile.Should().EndWith("p2pshare/client.log").And.StartWith("/");
        options.IsVerbose.Should().BeFalse();
    }

    [Theory]
    [InlineData("localhost", "localhost:8080")]
    [InlineData("::1", "[::1]:8080")]
    [InlineData("[::1]", "[::1]:8080")]
    [InlineData("127.0.0.1:81,example.org", "127.0.0.1:81 example.org:8080")]
    public void Server_is_an_address_a_host_name_or_a_list(string argument, string servers) =>
        string.Join(' ', Options(["yigido", argument, "8080", "0"]).Servers.Select(ServerAddress.Format)).Should().Be(servers);

    [Theory]
    [InlineData("@home")]
    [InlineData("yaz tatili")]
    [InlineData("李")]
    public void Unusual_user_name_is_accepted(string name) => Options([name, "127.0.0.1", "8080", "0"]).User.Text.Should().Be(name);

    [Theory]
    [InlineData("--verbose")]
    [InlineData("[suggest]")]
    public void User_name_that_looks_like_an_option_is_accepted_after_two_dashes(string name) =>
        Options(["--", name, "127.0.0.1", "8080", "0"]).User.Text.Should().Be(name);

    [Fact]
    public void Every_option_is_parsed()
    {
        using var folder = new TempFolder();

        var options = Options(["--verbose", "--bind", "::1", "--log", folder.File("a.log"), "--downloads", folder.Path, .. Good]);

        options.IsVerbose.Should().BeTrue();
        options.Bind.Should().Be(IPAddress.IPv6Loopback);
        options.LogFile.Should().Be(folder.File("a.log"));
        options.Downloads.Should().Be(folder.Path);
    }

    private static ClientOptions Options(string[] arguments)
    {
        var commandLine = new CommandLine();
        var result = Parse(commandLine, arguments);
        commandLine.FirstProblem(result).Should().BeNull();
        return commandLine.OptionsOf(result);
    }

    private static ParseResult Parse(CommandLine commandLine, string[] arguments) =>
        commandLine.Root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
}
