using System.Net;

namespace P2PShare.Server.Configuration;

/// <summary>The parsed command line.</summary>
/// <param name="Port">0 for any free port.</param>
/// <param name="Bind">An address or host name of this machine; null for all addresses.</param>
/// <param name="Log">The path of the log file; older parts are kept beside it.</param>
/// <param name="Verbose">Shows more on the console, and logs every request.</param>
/// <param name="Bounds">How many connections and files the server takes.</param>
internal sealed record ServerOptions(int Port, string? Bind, string Log, bool Verbose, ServerBounds Bounds)
{
    /// <summary>Where metrics are served, port 0 for any free one; null for nowhere.</summary>
    public IPEndPoint? Metrics { get; init; }

    /// <summary>The cluster that the server is in; null for none.</summary>
    public ClusterSettings? Cluster { get; init; }

    /// <summary>Standard output is JSON, as JSON.md describes.</summary>
    public bool IsJson { get; init; }

    /// <summary>The folder of what the server must not lose; null for that of the log.</summary>
    public string? State { get; init; }

    /// <summary>The same as a full path.</summary>
    public string StateFolder => FolderOf(State, Log);

    /// <summary>The full path of the folder of state.</summary>
    public static string FolderOf(string? state, string log) => Path.GetFullPath(state ?? Path.GetDirectoryName(Path.GetFullPath(log))!);

    /// <summary>Clients may connect in TLS.</summary>
    public bool OffersTls { get; init; } = true;

    /// <summary>Only members are served.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>Clients must connect in TLS.</summary>
    public bool RequiresTls { get; init; }

    /// <summary>The log file is JSON.</summary>
    public bool LogIsJson { get; init; }
}
