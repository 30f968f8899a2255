namespace P2PShare.ManPages;

/// <summary>The manual page of each program.</summary>
internal static class Pages
{
    public static IReadOnlyList<ManPage> All { get; } =
    [
        new("server", P2PShare.Server.Configuration.CommandLine.Root(_ => Task.FromResult(0)), seeAlso: "client"),
        new("client", new P2PShare.Client.Cli.CommandLine().Root, seeAlso: "server"),
    ];
}
