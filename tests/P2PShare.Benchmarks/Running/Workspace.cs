using System.Runtime.InteropServices;
using P2PShare.Testing;

namespace P2PShare.Benchmarks.Running;

/// <summary>The folder that all files of a run are in, on one disk, gone at its end.</summary>
internal sealed class Workspace : IDisposable
{
    private const int Chunk = 4 * 1024 * 1024;
    private const int PageBytes = 4096;

    // The largest file that is fetched, and something for the programs.
    private const nuint FreshBytes = (nuint)2560 * 1024 * 1024;

    private readonly TempFolder _folder = new();

    /// <summary>A folder of this name, empty.</summary>
    public string NewFolder(string name)
    {
        var path = _folder.File(name);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>A file of this many bytes that no compression makes smaller, made once and in the page cache.</summary>
    public string LargeFile(long bytes)
    {
        var path = Path.Combine(Directory.CreateDirectory(_folder.File("content")).FullName, $"large-{bytes}.bin");
        if (File.Exists(path))
            return path;
        using var file = File.Create(path, Chunk);
        var random = new Random(20);
        var chunk = new byte[Chunk];
        for (var left = bytes; left > 0; left -= Chunk)
        {
            random.NextBytes(chunk);
            file.Write(chunk.AsSpan(0, (int)Math.Min(left, Chunk)));
        }

        return path;
    }

    /// <summary>
    /// Everything written is on the disk, so that no run pays for the one before. A virtual machine's host takes back memory that
    /// lies free for some seconds, and whoever uses it next pays seconds for that; so it is used here, for all alike.
    /// </summary>
    public static unsafe void Settle()
    {
        Load.LibC.Sync();
        var memory = (byte*)NativeMemory.Alloc(FreshBytes);
        for (nuint offset = 0; offset < FreshBytes; offset += PageBytes)
            memory[offset] = 1;
        NativeMemory.Free(memory);
    }

    /// <exception cref="InvalidDataException">The files differ.</exception>
    public static void MustBeEqual(string expected, string actual)
    {
        if (!FileContent.AreEqual(expected, actual))
            throw new InvalidDataException($"{actual} is not equal to {expected}.");
    }

    public void Dispose() => _folder.Dispose();
}
