namespace P2PShare.Testing.Processes;

/// <summary>Signals with their numbers on Linux (signal(7)); .NET's PosixSignal has no name for Stop and Kill.</summary>
public enum UnixSignal
{
    /// <summary>The terminal was closed.</summary>
    HangUp = 1,

    /// <summary>Sent by Ctrl+C in a terminal.</summary>
    Interrupt = 2,

    /// <summary>Cannot be caught: the program cannot clean up.</summary>
    Kill = 9,

    Terminate = 15,
    Continue = 18,

    /// <summary>Suspends the program with its connections open, which makes a peer that stalls.</summary>
    Stop = 19,
}
