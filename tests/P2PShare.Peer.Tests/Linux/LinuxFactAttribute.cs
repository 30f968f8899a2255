using P2PShare.Networking;

namespace P2PShare.Peer.Tests.Linux;

/// <summary>A test of what only Linux system calls can do. Skipped where the portable twins are chosen.</summary>
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = Platform.UsesLinuxCalls ? null : "needs Linux system calls";
}
