using System.Runtime.InteropServices;
using P2PShare.Networking;
using P2PShare.Peer.Linux;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>The names under which finished files stand, and the one way to give them: without ever replacing a file.</summary>
internal static partial class FinalName
{
    private const int MostNumbers = 10_000;

    /// <summary><c>report.pdf</c>, <c>report (1).pdf</c>, <c>report (2).pdf</c> ...</summary>
    public static IEnumerable<string> Candidates(string goal) => Enumerable.Range(0, MostNumbers).Select(number => Numbered(goal, number));

    /// <summary>Renames in one step. False where <paramref name="goal"/> exists.</summary>
    /// <exception cref="IOException">It cannot be renamed for another reason.</exception>
    public static bool TryGive(string path, string goal)
    {
        if (Platform.UsesLinuxCalls ? LinuxFile.TryRenameWithoutReplacing(path, goal) : TryLinkAndUnlink(path, goal))
            return true;
        try
        {
            File.Move(path, goal, overwrite: false);
            return true;
        }
        catch (IOException) when (Path.Exists(goal) || new FileInfo(goal).LinkTarget is not null)
        {
            return false;
        }
    }

    // For Unix without renameat2, where File.Move checks for the goal before it renames, and would replace a file that appears in
    // between (link(2) and unlink(2) are POSIX). On Windows File.Move is atomic.
    private static bool TryLinkAndUnlink(string path, string goal)
    {
        if (OperatingSystem.IsWindows() || Link(path, goal) != 0)
            return false;
        File.Delete(path);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string added);

    private static string Numbered(string goal, int number)
    {
        if (number == 0)
            return goal;
        var name = Path.GetFileNameWithoutExtension(goal);
        var extension = Path.GetExtension(goal);

        // ".profile" is a name without an extension, not an extension without a name.
        if (name.Length == 0)
            (name, extension) = (extension, "");
        return Path.Combine(Path.GetDirectoryName(goal)!, $"{name} ({number}){extension}");
    }
}
