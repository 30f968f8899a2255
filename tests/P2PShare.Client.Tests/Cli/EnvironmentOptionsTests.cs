using P2PShare.Client.Cli;

namespace P2PShare.Client.Tests.Cli;

public sealed class EnvironmentOptionsTests
{
    private static readonly string[] Arguments = ["yigido", "127.0.0.1", "8080", "9001"];

    [Fact]
    public void Variables_stand_for_options_that_the_command_line_does_not_give()
    {
        var options = Parse(
            [.. Arguments, "--downloads", "here"],
            ("P2PSHARE_DOWNLOADS", "/srv/files"),
            ("P2PSHARE_NO_RESHARE", "1"),
            ("P2PSHARE_BIND", "10.0.0.1"),
            ("P2PSHARE_SHARE", string.Join(Path.PathSeparator, "a b", "-c")),
            ("P2PSHARE_VERBOSE", ""));

        options.Downloads.Should().Be("here");
        options.Reshares.Should().BeFalse();
        options.Bind!.ToString().Should().Be("10.0.0.1");
        options.Shares.Should().Equal("a b", "-c");
        options.IsVerbose.Should().BeFalse();
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("1", true)]
    [InlineData("TRUE", true)]
    [InlineData("0", false)]
    [InlineData("no", false)]
    public void Switch_is_set_by_1_or_true(string value, bool isSet) => Parse(Arguments, ("P2PSHARE_STAY", value)).Stays.Should().Be(isSet);

    [Fact]
    public void Wrong_variable_is_refused_as_a_wrong_option()
    {
        var commandLine = new CommandLine();
        var result = EnvironmentOptions.Parse(commandLine.Root, Arguments, name => name == "P2PSHARE_BIND" ? "nowhere" : null);

        commandLine.FirstProblem(result).Should().Be("--bind takes an IP address");
    }

    private static ClientOptions Parse(string[] arguments, params (string Name, string Value)[] variables)
    {
        var commandLine = new CommandLine();
        return commandLine.OptionsOf(EnvironmentOptions.Parse(
            commandLine.Root, arguments, name => variables.FirstOrDefault(variable => variable.Name == name).Value));
    }
}
