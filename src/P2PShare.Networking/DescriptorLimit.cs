using System.Runtime.InteropServices;

namespace P2PShare.Networking;

/// <summary>How many connections fit into the limit of open files (<c>ulimit -n</c>, getrlimit(2)).</summary>
/// <remarks>
/// A program that accepts until no descriptor is left does not only fail to accept: .NET needs descriptors to start a thread, and
/// without them ends the process ("Out of memory."). So connections from outside never get the last ones.
/// </remarks>
public static partial class DescriptorLimit
{
    // RLIMIT_NOFILE
    private const int OpenFilesOnLinux = 7;
    private const int OpenFilesOnBsd = 8;

    // For the program's own files, threads and event queues.
    private const int OwnReserve = 128;

    // The same, and the connections that are about to be refused.
    private const int Reserve = OwnReserve + 128;

    // Under a limit near the reserve, a few connections are better than none.
    private const int MinConnections = 16;

    /// <summary>Sockets that may be open at any moment, those that are about to be refused included.</summary>
    public static int MaxOpenSockets => RoomFor(int.MaxValue - Reserve) + Reserve - OwnReserve;

    /// <summary>As many connections as are wanted, or as there is room for. Windows has no such limit.</summary>
    public static int RoomFor(int wantedConnections)
    {
        if (OperatingSystem.IsWindows())
            return wantedConnections;
        var resource = OperatingSystem.IsLinux() ? OpenFilesOnLinux : OpenFilesOnBsd;
        return GetLimit(resource, out var limit) == 0 ? RoomFor(wantedConnections, limit.Soft) : wantedConnections;
    }

    /// <param name="wantedConnections">The most there should be.</param>
    /// <param name="softLimit">Descriptors that the process may have open.</param>
    internal static int RoomFor(int wantedConnections, ulong softLimit)
    {
        var limit = (int)Math.Min(softLimit, int.MaxValue);
        return Math.Min(wantedConnections, Math.Max(MinConnections, limit - Reserve));
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    // struct rlimit, where rlim_t has 64 bits
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct ResourceLimit
    {
        public readonly ulong Soft;
        public readonly ulong Hard;
    }
}
