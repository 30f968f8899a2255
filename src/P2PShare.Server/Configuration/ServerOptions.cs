namespace P2PShare.Server.Configuration;

/// <summary>What the command line says.</summary>
/// <param name="Port">0 for any free port.</param>
/// <param name="Bind">An address or host name of this machine; null for all addresses.</param>
/// <param name="Log">Where the log is written; its older parts stand beside it.</param>
/// <param name="Verbose">More on the console, and a line in the log for every command.</param>
/// <param name="Bounds">How much it takes.</param>
internal sealed record ServerOptions(int Port, string? Bind, string Log, bool Verbose, ServerBounds Bounds);
