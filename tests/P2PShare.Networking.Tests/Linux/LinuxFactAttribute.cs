namespace P2PShare.Networking.Tests.Linux;

/// <summary>A test of a class that needs Linux system calls, whichever way the process has chosen.</summary>
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "needs epoll, which is Linux alone";
}
