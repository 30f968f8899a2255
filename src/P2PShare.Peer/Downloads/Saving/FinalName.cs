using P2PShare.Networking;
using P2PShare.Peer.Linux;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>The names under which finished files stand, and the one way to give them: without ever replacing a file.</summary>
internal static class FinalName
{
    private const int MostNumbers = 10_000;

    /// <summary><c>report.pdf</c>, <c>report (1).pdf</c>, <c>report (2).pdf</c> ...</summary>
    public static IEnumerable<string> Candidates(string goal) => Enumerable.Range(0, MostNumbers).Select(number => Numbered(goal, number));

    /// <summary>Renames in one step. False where <paramref name="goal"/> exists.</summary>
    /// <exception cref="IOException">It cannot be renamed for another reason.</exception>
    public static bool TryGive(string path, string goal)
    {
        if (Platform.UsesLinuxCalls && LinuxFile.TryRenameWithoutReplacing(path, goal))
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
