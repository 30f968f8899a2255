namespace P2PShare.Networking;

/// <summary>How many connections fit into the limit of open files (<c>ulimit -n</c>).</summary>
/// <remarks>
/// A program that accepts until no descriptor is left does not only fail to accept: .NET needs descriptors to start a thread, and
/// without them ends the process ("Out of memory."). So connections from outside never get the last ones.
/// </remarks>
public static class DescriptorLimit
{
    private const string ProcessLimits = "/proc/self/limits";
    private const string OpenFiles = "Max open files";

    // For the program's own files, threads and event queues.
    private const int OwnReserve = 128;

    // The same, and the connections that are about to be refused.
    private const int Reserve = OwnReserve + 128;

    // Under a limit near the reserve, a few connections are better than none.
    private const int MinConnections = 16;

    /// <summary>Sockets that may be open at any moment, those that are about to be refused included.</summary>
    public static int MaxOpenSockets => RoomFor(int.MaxValue - Reserve) + Reserve - OwnReserve;

    /// <summary>As many connections as are wanted, or as there is room for. Without /proc, as many as are wanted.</summary>
    public static int RoomFor(int wantedConnections)
    {
        try
        {
            return Platform.UsesLinuxCalls ? RoomFor(wantedConnections, File.ReadAllText(ProcessLimits)) : wantedConnections;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return wantedConnections;
        }
    }

    /// <param name="wantedConnections">The most there should be.</param>
    /// <param name="limits">The text of <c>/proc/[pid]/limits</c> (proc(5)): name, soft limit and hard limit in columns.</param>
    public static int RoomFor(int wantedConnections, string limits)
    {
        var line = limits.Split('\n').FirstOrDefault(line => line.StartsWith(OpenFiles, StringComparison.Ordinal)) ?? OpenFiles;
        var soft = line[OpenFiles.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return int.TryParse(soft, out var limit) ? Math.Min(wantedConnections, Math.Max(MinConnections, limit - Reserve)) : wantedConnections;
    }
}
