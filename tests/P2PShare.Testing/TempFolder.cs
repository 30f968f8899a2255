namespace P2PShare.Testing;

/// <summary>
/// A temporary folder, which is deleted with its content at the end of a test. Dispose it after the processes that work in it: it
/// throws if it cannot delete everything.
/// </summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>The absolute path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("p2pshare-").FullName;

    /// <summary>The absolute path of a file with this name, which need not exist.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file, creates its folders, and returns its absolute path.</summary>
    public string Write(string name, ReadOnlySpan<byte> content)
    {
        var path = File(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
