using System.Buffers;

namespace P2PShare.Server.Configuration;

/// <summary>What the command line says of the cluster that the server belongs to.</summary>
/// <param name="Urls">NATS servers, each as <c>nats://host:port</c> or <c>tls://host:port</c>; at least one.</param>
/// <param name="Name">The cluster's name.</param>
internal sealed record ClusterSettings(IReadOnlyList<string> Urls, string Name)
{
    public const string DefaultName = "home";

    /// <summary>Characters of the longest name: those of a label in a host name's usual length.</summary>
    public const int MaxNameLength = 32;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>A <c>.creds</c> file, or one with the seed of an nkey; null where the URLs say all that NATS asks for.</summary>
    public string? Credentials { get; init; }

    /// <summary>On how many NATS servers the stream is kept.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Where clients reach this server, <c>host:port</c>; null for the address by which NATS knows it.</summary>
    public string? Address { get; init; }

    /// <summary>Entries and parts of this server and all others together.</summary>
    public int MaxFiles { get; init; } = ServerLimits.MaxFilesOfCluster;

    /// <summary>The URLs without what is secret in them, for messages.</summary>
    public string ShownUrls => string.Join(',', Urls.Select(Shown));

    /// <summary>Whether this is 1 to 32 characters of a-z, 0-9 and '-'.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    private static string Shown(string url)
    {
        var at = url.LastIndexOf('@');
        var scheme = url.IndexOf("//", StringComparison.Ordinal);
        return at < 0 || scheme < 0 ? url : url[..(scheme + 2)] + url[(at + 1)..];
    }
}
