using System.CommandLine;

namespace P2PShare.Server.Configuration;

/// <summary>Where the server's state is, for the server itself and for the commands beside it.</summary>
internal static class StateOption
{
    public static Option<string?> Create() => new("--state")
    {
        Description = "Keep the server's key and its members in this folder (default: that of the log).",
        HelpName = "DIR",
    };
}
