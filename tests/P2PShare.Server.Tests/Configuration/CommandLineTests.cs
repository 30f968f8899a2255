using System.CommandLine;
using System.Net;
using P2PShare.Server.Configuration;

namespace P2PShare.Server.Tests.Configuration;

public sealed class CommandLineTests
{
    private readonly StringWriter _errors = new();
    private readonly Dictionary<string, string> _environment = [];
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
            "--max-files", "3", "--max-files-per-client", "4", "--metrics", "9100", "--json", "--log-json");

        _served.Should().Be(new ServerOptions(0, "::1", "my log.txt", true, new ServerBounds(1, 2, 3, 4))
        {
            Metrics = new IPEndPoint(IPAddress.Loopback, 9100),
            IsJson = true,
            LogIsJson = true,
        });
    }

    [Fact]
    public async Task The_environment_gives_the_port_and_every_option_that_the_command_line_does_not()
    {
        _environment["P2PSHARE_SERVER_PORT"] = "8080";
        _environment["P2PSHARE_SERVER_BIND"] = "::1";
        _environment["P2PSHARE_SERVER_LOG"] = "my log=1.txt";
        _environment["P2PSHARE_SERVER_LOG_JSON"] = "true";
        _environment["P2PSHARE_SERVER_VERBOSE"] = "0";
        _environment["P2PSHARE_SERVER_JSON"] = "1";
        _environment["P2PSHARE_SERVER_METRICS"] = "[::]:0";
        _environment["P2PSHARE_SERVER_STATE"] = "/state";
        _environment["P2PSHARE_SERVER_REQUIRE_ENCRYPTION"] = "1";
        _environment["P2PSHARE_SERVER_PRIVATE"] = "1";
        _environment["P2PSHARE_SERVER_NO_ENCRYPTION"] = "0";
        _environment["P2PSHARE_SERVER_MAX_CONNECTIONS"] = "1";
        _environment["P2PSHARE_SERVER_MAX_PER_ADDRESS"] = "";
        _environment["P2PSHARE_SERVER_MAX_FILES"] = "3";
        _environment["P2PSHARE_SERVER_MAX_FILES_PER_CLIENT"] = "4";
        _environment["P2PSHARE_SERVER_CLUSTER"] = "192.0.2.1,tls://nats.example:4222";
        _environment["P2PSHARE_SERVER_CLUSTER_NAME"] = "office";
        _environment["P2PSHARE_SERVER_CLUSTER_CREDENTIALS"] = "my.creds";
        _environment["P2PSHARE_SERVER_CLUSTER_REPLICAS"] = "3";
        _environment["P2PSHARE_SERVER_CLUSTER_ADDRESS"] = "Example.org:8080";
        _environment["P2PSHARE_SERVER_CLUSTER_MAX_FILES"] = "5";
        (await InvokeAsync("--max-files", "30")).Should().Be(0);

        var bounds = new ServerBounds(1, ServerBounds.Default.MaxPerAddress, 30, 4);
        _served!.Cluster.Should().BeEquivalentTo(new ClusterSettings(["nats://192.0.2.1", "tls://nats.example:4222"], "office")
        {
            Credentials = "my.creds",
            Replicas = 3,
            Address = "example.org:8080",
            MaxFiles = 5,
        });
        (_served with { Cluster = null }).Should().Be(new ServerOptions(8080, "::1", "my log=1.txt", false, bounds)
        {
            Metrics = new IPEndPoint(IPAddress.IPv6Any, 0),
            IsJson = true,
            LogIsJson = true,
            State = "/state",
            RequiresTls = true,
            IsPrivate = true,
        });
        _environment.Keys.Should().BeEquivalentTo(VariablesOfAllSymbols(), "every option has its variable in this test");
    }

    [Fact]
    public async Task The_command_line_wins_over_the_environment_also_where_that_is_wrong()
    {
        _environment["P2PSHARE_SERVER_PORT"] = "nonsense";
        _environment["P2PSHARE_SERVER_LOG"] = "theirs";
        (await InvokeAsync("1", "--log", "mine")).Should().Be(0);

        _served.Should().BeEquivalentTo(new { Port = 1, Log = "mine" });
    }

    [Theory]
    [InlineData("P2PSHARE_SERVER_PORT", "x")]
    [InlineData("P2PSHARE_SERVER_MAX_FILES", "many")]
    [InlineData("P2PSHARE_SERVER_JSON", "perhaps")]
    public async Task A_wrong_variable_is_refused_by_its_name(string name, string value)
    {
        _environment[name] = value;
        var arguments = name.EndsWith("PORT", StringComparison.Ordinal) ? Array.Empty<string>() : ["1"];

        (await InvokeAsync(arguments)).Should().Be(2);

        _errors.ToString().Should().StartWith($"server: {name}: ").And.Contain($"'{value}'");
    }

    [Fact]
    public async Task A_wrong_variable_does_not_hide_the_help()
    {
        _environment["P2PSHARE_SERVER_MAX_FILES"] = "many";

        (await InvokeAsync("--help")).Should().Be(0);
        _errors.ToString().Should().BeEmpty();
    }

    [Theory]
    [InlineData("0", "127.0.0.1:0")]
    [InlineData("9100", "127.0.0.1:9100")]
    [InlineData("0.0.0.0:9100", "0.0.0.0:9100")]
    [InlineData("[::1]:9100", "[::1]:9100")]
    [InlineData("", null)]
    [InlineData(":9100", null)]
    [InlineData("::1", null)]
    [InlineData("::1:9100", null)]
    [InlineData("[127.0.0.1]:9100", null)]
    [InlineData("localhost:9100", null)]
    [InlineData("127.0.0.1:", null)]
    [InlineData("65536", null)]
    [InlineData("+1", null)]
    public void The_metrics_address_is_a_port_on_the_loopback_address_or_an_address_and_a_port(string text, string? expected) =>
        (MetricsAddress.TryParse(text, out var end) ? end.ToString() : null).Should().Be(expected);

    [Fact]
    public async Task The_result_of_serving_is_the_exit_code() =>
        (await CommandLine.InvokeAsync(["1"], _ => null, _errors, _ => Task.FromResult(5))).Should().Be(5);

    private static IEnumerable<string> VariablesOfAllSymbols()
    {
        var root = CommandLine.Root(_ => Task.FromResult(0));
        return root.Arguments.Concat<Symbol>(root.Options.Where(option => option.Action is null)).Select(EnvironmentOptions.NameOf);
    }

    private Task<int> InvokeAsync(params string[] arguments) => CommandLine.InvokeAsync(
        arguments,
        name => _environment.GetValueOrDefault(name),
        _errors,
        options =>
        {
            _served = options;
            return Task.FromResult(0);
        });
}
