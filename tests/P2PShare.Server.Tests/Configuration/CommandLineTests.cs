using P2PShare.Server.Configuration;

namespace P2PShare.Server.Tests.Configuration;

public sealed class CommandLineTests
{
    private readonly StringWriter _errors = new();
    private ServerOptions? _served;

    [Theory]
    [InlineData]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("65536")]
    [InlineData("8080.0")]
    [InlineData("99999999999999999999")]
    [InlineData("8080", "8081")]
    [InlineData("8080", "--bogus")]
    [InlineData("8080", "-x")]
    [InlineData("8080", "--bind")]
    [InlineData("8080", "--log")]
    [InlineData("8080", "--max-connections")]
    [InlineData("8080", "--max-connections", "0")]
    [InlineData("8080", "--max-connections", "-1")]
    [InlineData("8080", "--max-connections", "many")]
    [InlineData("8080", "--max-per-address", "0")]
    [InlineData("8080", "--max-files", "2147483648")]
    [InlineData("8080", "--max-files-per-client", "1.5")]
    [InlineData("8080", "--verbose", "perhaps")]
    [InlineData("@file")]
    [InlineData("8080\n8081\u001b[2J")]
    [InlineData("8080", "--bogus\n\u001b[2J")]
    public async Task Bad_arguments_are_refused_in_one_line_with_exit_code_2(params string[] arguments)
    {
        (await InvokeAsync(arguments)).Should().Be(2);

        _served.Should().BeNull();
        var text = _errors.ToString().ReplaceLineEndings("\n");
        text.Should().StartWith("server: ").And.EndWith(" Try 'server --help'.\n");
        text[..^1].Should().NotContainAny("\n", "\u001b", "   at ");
    }

    [Fact]
    public async Task A_missing_port_is_reported_with_an_example()
    {
        await InvokeAsync();

        _errors.ToString().Should().Contain("the port to listen on is missing, as in 'server 8080'.");
    }

    [Fact]
    public async Task With_a_port_alone_all_options_have_their_defaults()
    {
        (await InvokeAsync("8080")).Should().Be(0);

        _served.Should().Be(new ServerOptions(8080, null, "server.log", false, ServerBounds.Default));
        _errors.ToString().Should().BeEmpty();
    }

    [Fact]
    public async Task Every_option_is_parsed()
    {
        await InvokeAsync(
            "0", "--bind", "::1", "--log", "my log.txt", "--verbose", "--max-connections", "1", "--max-per-address", "2",
            "--max-files", "3", "--max-files-per-client", "4");

        _served.Should().Be(new ServerOptions(0, "::1", "my log.txt", true, new ServerBounds(1, 2, 3, 4)));
    }

    [Fact]
    public async Task The_result_of_serving_is_the_exit_code() =>
        (await CommandLine.InvokeAsync(["1"], _errors, _ => Task.FromResult(5))).Should().Be(5);

    private Task<int> InvokeAsync(params string[] arguments) => CommandLine.InvokeAsync(arguments, _errors, options =>
    {
        _served = options;
        return Task.FromResult(0);
    });
}
