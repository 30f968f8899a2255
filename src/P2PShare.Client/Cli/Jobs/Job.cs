using P2PShare.Client.Cli.Display;

namespace P2PShare.Client.Cli.Jobs;

/// <summary>A command that runs in the background.</summary>
/// <param name="Number">From 1; never used again while the program runs.</param>
/// <param name="Command">The command, for people.</param>
/// <param name="Progress">How far it is.</param>
internal sealed record Job(int Number, string Command, ITransferProgress Progress)
{
    /// <summary>Ends with the command: whether it succeeded. It never fails.</summary>
    public required Task<bool> Ended { get; init; }

    /// <summary>Stops the command.</summary>
    public required Action Cancel { get; init; }
}
