using Microsoft.Win32.SafeHandles;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;

namespace P2PShare.Peer.Content;

/// <summary>
/// Reads and sets what goes with a file beside its content. Only the execute bit of the file's owner is ever added: never that of others,
/// and no setuid.
/// </summary>
internal static class DiskMetadata
{
    private const UnixFileMode ExecuteForAll = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const string ProcessStatus = "/proc/self/status";
    private const string UmaskLine = "Umask:";

    // A program without files of its own in /proc has the usual umask as far as is known.
    private static readonly bool UmaskAllowsExecute = IsExecuteAllowed();

    /// <param name="path">The file; it is asked for its mode now, because a change of that changes neither content nor time.</param>
    /// <param name="modifiedTicks">When it was modified, in UTC ticks.</param>
    /// <returns>Null where the file cannot be examined.</returns>
    public static FileMetadata? TryRead(string path, long modifiedTicks) =>
        TryReadExecuteBit(path) is { } isExecutable ? new FileMetadata(NanosecondsOf(modifiedTicks), isExecutable) : null;

    /// <summary>Null where the file cannot be examined.</summary>
    public static bool? TryReadExecuteBit(string path)
    {
        if (OperatingSystem.IsWindows())
            return false;
        try
        {
            return File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Sets the time, where it is known, and the execute bit of a file that this program has made. A file system that refuses is no
    /// error.
    /// </summary>
    public static void Apply(SafeFileHandle file, FileMetadata metadata)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && metadata.IsExecutable && UmaskAllowsExecute)
                File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.UserExecute);
            if (metadata.Modified is { } nanoseconds)
                File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The content is what matters.
        }
    }

    /// <summary>
    /// Sets or removes the execute bit of a finished file. False where it is right already, cannot be set, or the path is a symbolic link.
    /// </summary>
    public static bool TryCorrectExecuteBit(string path, bool isExecutable)
    {
        if (OperatingSystem.IsWindows() || (isExecutable && !UmaskAllowsExecute) || TryReadExecuteBit(path) != !isExecutable)
            return false;
        try
        {
            if (new FileInfo(path).LinkTarget is not null)
                return false;
            var mode = File.GetUnixFileMode(path);
            File.SetUnixFileMode(path, isExecutable ? mode | UnixFileMode.UserExecute : mode & ~ExecuteForAll);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Compared before it is multiplied: the year 9999 would overflow.
    private static long? NanosecondsOf(long ticks)
    {
        var sinceEpoch = ticks - DateTime.UnixEpoch.Ticks;
        return sinceEpoch is >= 0 and <= Limits.MaxModifiedNanoseconds / TimeSpan.NanosecondsPerTick
            ? sinceEpoch * TimeSpan.NanosecondsPerTick
            : null;
    }

    // umask(2) tells the mask only by changing it, for all threads.
    private static bool IsExecuteAllowed()
    {
        try
        {
            var line = File.ReadLines(ProcessStatus).FirstOrDefault(each => each.StartsWith(UmaskLine, StringComparison.Ordinal));
            return line is null || ((UnixFileMode)Convert.ToInt32(line[UmaskLine.Length..].Trim(), 8) & UnixFileMode.UserExecute) == 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return true;
        }
    }
}
