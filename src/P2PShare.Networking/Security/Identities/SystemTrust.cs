namespace P2PShare.Networking.Security.Identities;

/// <summary>
/// The issuers of certificates that the system trusts. Peers and servers are known by their keys, so they are ignored in a process, unless
/// it talks to others, too.
/// </summary>
public static class SystemTrust
{
    internal static bool IsKept { get; private set; }

    /// <summary>
    /// Lets this process trust the system's issuers. It has no effect after the first <see cref="ProgramKey"/> was opened.
    /// </summary>
    public static void Keep() => IsKept = true;
}
