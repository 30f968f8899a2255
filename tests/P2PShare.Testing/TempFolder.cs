namespace P2PShare.Testing;

/// <summary>
/// A folder of the test's own, gone with all its content when the test ends, so that no test sees what another left behind.
/// Dispose it after the processes that work in it: it throws if it cannot remove everything, because a leftover is a finding.
/// </summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>Absolute.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("p2pshare-").FullName;

    /// <summary>The absolute path of a file of this name in the folder, whether it exists or not.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file and gives its absolute path; folders on the way to it are made.</summary>
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
