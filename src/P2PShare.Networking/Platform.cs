using System.Runtime.Versioning;

namespace P2PShare.Networking;

/// <summary>
/// Chooses between what only Linux has (epoll, sendfile, O_DIRECT, O_TMPFILE, statx, large pages, /proc) and its portable twins, once
/// for the whole process.
/// </summary>
public static class Platform
{
    /// <summary>An environment variable: <c>1</c> chooses the portable twins on Linux, too, which is how they are tested.</summary>
    public const string PortableVariable = "P2PSHARE_PORTABLE";

    /// <summary>Whether Linux system calls are used.</summary>
    [SupportedOSPlatformGuard("linux")]
    public static bool UsesLinuxCalls { get; } =
        OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(PortableVariable) != "1";
}
