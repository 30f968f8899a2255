using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Configuration;

/// <summary>The options that say which cluster a server belongs to; <c>server cluster</c> has the first three of them.</summary>
/// <param name="urls">What the addresses of NATS are for.</param>
internal sealed class ClusterOptionGroup(string urls)
{
    private const int MaxReplicas = 5;
    private const string LocalNats = "nats://127.0.0.1:4222";
    private static readonly string[] Schemes = ["nats", "tls", "ws", "wss"];

    private readonly Option<IReadOnlyList<string>?> _urls = new("--cluster")
    {
        Description = urls,
        HelpName = "URL[,URL...]",
        CustomParser = ParseUrls,
    };

    private readonly Option<string> _name = new("--cluster-name")
    {
        Description = "The name of the cluster: 1 to 32 of a-z, 0-9 and '-'.",
        HelpName = "NAME",
        DefaultValueFactory = _ => ClusterSettings.DefaultName,
        CustomParser = ParseName,
    };

    private readonly Option<string?> _credentials = new("--cluster-credentials")
    {
        Description = "A .creds file for NATS, or a file with the seed of an nkey.",
        HelpName = "FILE",
    };

    private readonly Option<int> _replicas = new("--cluster-replicas")
    {
        Description = $"On how many NATS servers the cluster's stream is kept, 1 to {MaxReplicas}.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
        CustomParser = result => ParseNumber(result, MaxReplicas),
    };

    private readonly Option<string?> _address = new("--cluster-address")
    {
        Description = "Where clients reach this server (default: the address by which NATS knows it, and its port).",
        HelpName = "HOST:PORT",
        CustomParser = ParseAddress,
    };

    private readonly Option<int> _maxFiles = new("--cluster-max-files")
    {
        Description = "Files of the clients of all servers together.",
        HelpName = "N",
        DefaultValueFactory = _ => ServerLimits.MaxFilesOfCluster,
        CustomParser = result => ParseNumber(result, int.MaxValue),
    };

    /// <summary>The options with which a command reads a cluster.</summary>
    public IReadOnlyList<Option> ForReading => [_urls, _name, _credentials];

    /// <summary>The options of a server.</summary>
    public IReadOnlyList<Option> All => [.. ForReading, _replicas, _address, _maxFiles];

    /// <summary>Null where no cluster is named.</summary>
    public ClusterSettings? Read(ParseResult result) => result.GetValue(_urls) is not { } urls ? null
        : new ClusterSettings(urls, result.GetRequiredValue(_name)) { Credentials = result.GetValue(_credentials) };

    /// <summary>The cluster that the options name, or the environment, as for a server; the default is NATS on this machine.</summary>
    public ClusterSettings ReadOrNamed(ParseResult result, Func<string, string?> variable)
    {
        var urls = result.GetValue(_urls) ?? UrlsOf(Named(_urls) ?? LocalNats) ?? [LocalNats];
        var name = result.GetResult(_name) is { Implicit: false }
            ? result.GetRequiredValue(_name)
            : Named(_name) ?? ClusterSettings.DefaultName;
        return new ClusterSettings(urls, name) { Credentials = result.GetValue(_credentials) ?? Named(_credentials) };

        string? Named(Option option) => variable(EnvironmentOptions.NameOf(option)) is { Length: > 0 } value ? value : null;
    }

    /// <inheritdoc cref="Read"/>
    public ClusterSettings? ReadAll(ParseResult result) => Read(result) is not { } settings ? null : settings with
    {
        Replicas = result.GetValue(_replicas),
        Address = result.GetValue(_address),
        MaxFiles = result.GetValue(_maxFiles),
    };

    private static IReadOnlyList<string>? UrlsOf(string text)
    {
        var urls = text.Split(',').Select(url => url.Contains("://", StringComparison.Ordinal) ? url : "nats://" + url).ToList();
        return urls.TrueForAll(IsUrl) ? urls : null;
    }

    private static bool IsUrl(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && Schemes.Contains(uri.Scheme) && uri.Host.Length > 0;

    private static IReadOnlyList<string>? ParseUrls(ArgumentResult result)
    {
        if (UrlsOf(result.Tokens[0].Value) is { } urls)
            return urls;
        result.AddError("--cluster takes the addresses of NATS servers, as nats://192.0.2.1:4222,nats://192.0.2.2:4222.");
        return null;
    }

    private static string ParseName(ArgumentResult result)
    {
        var name = result.Tokens[0].Value;
        if (ClusterSettings.IsName(name))
            return name;
        result.AddError($"'{name}' is no name of a cluster: 1 to {ClusterSettings.MaxNameLength} of a-z, 0-9 and '-' are.");
        return "";
    }

    private static string? ParseAddress(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (HostAndPort.TryParse(Encoding.UTF8.GetBytes(text), out var address))
            return address.ToString();
        result.AddError($"'{text}' is not a host and a port, as in example.org:8080, 192.0.2.1:8080 or [2001:db8::1]:8080.");
        return null;
    }

    private static int ParseNumber(ArgumentResult result, int max)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, null, out var number) && number >= 1 && number <= max)
            return number;
        result.AddError($"'{text}' is not a number in 1..{max}.");
        return 0;
    }
}
