using System.Diagnostics;
using System.Globalization;

namespace P2PShare.Testing;

/// <summary>Looks at the content of files of any size in bounded memory.</summary>
public static class FileContent
{
    private const int ChunkLength = 256 * 1024;

    /// <summary>The bytes that the file occupies: fewer than its length where it has holes. 0 where there is no such file.</summary>
    public static long BytesOnDisk(string path)
    {
        if (!File.Exists(path))
            return 0;
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%b", path]) { RedirectStandardOutput = true })!;
        return long.TryParse(stat.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture, out var blocks) ? blocks * 512 : 0;
    }

    /// <exception cref="FileNotFoundException">One of the files does not exist.</exception>
    public static bool AreEqual(string pathA, string pathB)
    {
        using var a = File.OpenRead(pathA);
        using var b = File.OpenRead(pathB);
        var chunkA = new byte[ChunkLength];
        var chunkB = new byte[ChunkLength];
        while (true)
        {
            var countA = a.ReadAtLeast(chunkA, ChunkLength, throwOnEndOfStream: false);
            var countB = b.ReadAtLeast(chunkB, ChunkLength, throwOnEndOfStream: false);
            if (!chunkA.AsSpan(0, countA).SequenceEqual(chunkB.AsSpan(0, countB)))
                return false;
            if (countA < ChunkLength)
                return true;
        }
    }
}
