using System.Runtime.Versioning;

namespace P2PShare.Networking;

/// <summary>
/// Chooses between Linux system calls (epoll, sendfile, O_DIRECT, O_TMPFILE, large pages) and their portable twins, once for the
/// whole process.
/// </summary>
public static class Platform
{
    /// <summary>The environment variable that chooses the portable twins on Linux, too, where it is <c>1</c>: they are tested with it.</summary>
    public const string PortableVariable = "P2PSHARE_PORTABLE";

    /// <summary>Linux system calls are used.</summary>
    [SupportedOSPlatformGuard("linux")]
    public static bool UsesLinuxCalls { get; } =
        OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(PortableVariable) != "1";
}
