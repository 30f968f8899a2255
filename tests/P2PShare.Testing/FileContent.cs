namespace P2PShare.Testing;

/// <summary>
/// Compares files of any size in bounded memory.
/// </summary>
public static class FileContent
{
    private const int ChunkLength = 256 * 1024;

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
