using System.Runtime.InteropServices;
using System.Text;
using P2PShare.Networking;
using P2PShare.Peer.Linux;
using P2PShare.Protocol;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>The names of finished files, and the one way to rename a file to one of them: it never replaces another file.</summary>
internal static partial class FinalName
{
    private const int MaxNumbers = 10_000;

    /// <summary><c>report.pdf</c>, <c>report (1).pdf</c>, <c>report (2).pdf</c> ...</summary>
    public static IEnumerable<string> Candidates(string destination) =>
        Enumerable.Range(0, MaxNumbers).Select(number => Numbered(destination, number));

    /// <summary>The path with an ending added to its name; a name that is too long for it is cut.</summary>
    public static string WithEnding(string destination, string ending)
    {
        var name = Path.GetFileName(destination);
        while (Encoding.UTF8.GetByteCount(name) + ending.Length > Limits.MaxNamePartBytes)
            name = name[..^(char.IsLowSurrogate(name[^1]) ? 2 : 1)];
        return Path.Combine(Path.GetDirectoryName(destination)!, name + ending);
    }

    /// <summary>Renames in one step. False where <paramref name="destination"/> exists.</summary>
    /// <exception cref="IOException">It cannot be renamed for another reason.</exception>
    public static bool TryRename(string path, string destination)
    {
        if (Platform.UsesLinuxCalls ? LinuxFile.TryRenameWithoutReplacing(path, destination) : TryLinkAndUnlink(path, destination))
            return true;
        try
        {
            File.Move(path, destination, overwrite: false);
            return true;
        }
        catch (IOException) when (Path.Exists(destination) || new FileInfo(destination).LinkTarget is not null)
        {
            return false;
        }
    }

    // For Unix without renameat2, where File.Move checks for the destination before it renames, and would replace a file that appears in
    // between (link(2) and unlink(2) are POSIX). On Windows File.Move is atomic.
    private static bool TryLinkAndUnlink(string path, string destination)
    {
        if (OperatingSystem.IsWindows() || Link(path, destination) != 0)
            return false;
        File.Delete(path);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string added);

    private static string Numbered(string destination, int number)
    {
        if (number == 0)
            return destination;
        var name = Path.GetFileNameWithoutExtension(destination);
        var extension = Path.GetExtension(destination);

        // ".profile" is a name without an extension, not an extension without a name.
        if (name.Length == 0)
            (name, extension) = (extension, "");
        return Path.Combine(Path.GetDirectoryName(destination)!, $"{name} ({number}){extension}");
    }
}
