namespace P2PShare.Server.Configuration;

/// <summary>The program's exit codes; <c>--help</c> lists them for the user.</summary>
internal static class ExitCodes
{
    /// <summary>Stopped by a signal.</summary>
    public const int Ok = 0;

    /// <summary>The log file cannot be written, or an unexpected error occurred.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int BadUsage = 2;

    /// <summary>The cluster cannot be joined, however often it is tried.</summary>
    public const int CannotJoin = 4;

    /// <summary>The port is taken or not permitted, or the address is not one of this machine's.</summary>
    public const int CannotListen = 5;
}
