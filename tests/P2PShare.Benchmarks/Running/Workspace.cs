using System.Runtime.InteropServices;
using P2PShare.Testing;

namespace P2PShare.Benchmarks.Running;

/// <summary>A temporary folder for all files of a run, which is deleted at its end.</summary>
internal sealed class Workspace : IDisposable
{
    private const int Chunk = 4 * 1024 * 1024;
    private const int PageBytes = 4096;

    // The size of the largest fetched file, and some memory for the programs.
    private const nuint TouchedBytes = (nuint)2560 * 1024 * 1024;

    private readonly TempFolder _folder = new();

    /// <summary>Creates an empty folder with this name.</summary>
    public string NewFolder(string name)
    {
        var path = _folder.File(name);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>The path of an incompressible file of this size, which is written once and is in the page cache.</summary>
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
    /// Writes dirty pages to the disk, so that no run pays for the previous one, and touches free memory: the host of a virtual machine
    /// reclaims memory that is free for some seconds, and its next use then takes seconds.
    /// </summary>
    public static unsafe void Settle()
    {
        Load.LibC.Sync();
        var memory = (byte*)NativeMemory.Alloc(TouchedBytes);
        for (nuint offset = 0; offset < TouchedBytes; offset += PageBytes)
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
