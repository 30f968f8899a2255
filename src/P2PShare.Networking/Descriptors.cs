namespace P2PShare.Networking;

/// <summary>How many connections the limit of open files (<c>ulimit -n</c>) has room for.</summary>
/// <remarks>
/// A program that accepts until no descriptor is left does not only fail to accept: .NET needs descriptors to start a thread, and
/// without them ends the process ("Out of memory."). So the last ones are never given to strangers.
/// </remarks>
public static class Descriptors
{
    private const string LimitsOfProcess = "/proc/self/limits";
    private const string OpenFiles = "Max open files";

    // The program's own files, threads and event queues.
    private const int OwnReserve = 128;

    // And the connections that are told they come too many.
    private const int Reserve = OwnReserve + 128;

    // Where the limit is as low as that, there is no right number; few connections are better than none.
    private const int Fewest = 16;

    /// <summary>As many sockets as may be open at any moment, those that are about to be refused included.</summary>
    public static int MostOpen => RoomFor(int.MaxValue - Reserve) + Reserve - OwnReserve;

    /// <summary>As many as are wanted, or as there is room for. Only Linux says how many that is.</summary>
    public static int RoomFor(int wantedConnections)
    {
        try
        {
            return OperatingSystem.IsLinux() ? RoomFor(wantedConnections, File.ReadAllText(LimitsOfProcess)) : wantedConnections;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return wantedConnections;
        }
    }

    /// <param name="wantedConnections">The most there should be.</param>
    /// <param name="limits">What proc(5) shows as <c>/proc/[pid]/limits</c>: name, soft limit and hard limit in columns.</param>
    public static int RoomFor(int wantedConnections, string limits)
    {
        var line = limits.Split('\n').FirstOrDefault(line => line.StartsWith(OpenFiles, StringComparison.Ordinal)) ?? OpenFiles;
        var soft = line[OpenFiles.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return int.TryParse(soft, out var limit) ? Math.Min(wantedConnections, Math.Max(Fewest, limit - Reserve)) : wantedConnections;
    }
}
