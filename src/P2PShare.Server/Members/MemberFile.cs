using P2PShare.Networking.Storage;

namespace P2PShare.Server.Members;

/// <summary>
/// The file of a <see cref="MemberList"/>. A running server and the commands that change the list use it at the same time; each reader
/// sees one whole list, whenever a writer is killed.
/// </summary>
/// <param name="folder">The folder of the server's state.</param>
internal sealed class MemberFile(string folder)
{
    // About 100,000 members.
    private const int MaxBytes = 32 * 1024 * 1024;

    private readonly string _path = Path.Combine(folder, "members.json");

    /// <summary>Changes whenever the file does.</summary>
    public (DateTime Written, long Length) Stamp
    {
        get
        {
            var file = new FileInfo(_path);
            return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        }
    }

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    /// <exception cref="InvalidDataException">The file is no list of members.</exception>
    public MemberList Read()
    {
        if (!File.Exists(_path))
            return MemberList.Empty;
        if (new FileInfo(_path).Length > MaxBytes)
            throw new InvalidDataException($"{_path} is too long to be a list of members");
        try
        {
            return MemberListJson.Parse(File.ReadAllBytes(_path));
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{_path} is no list of members: {e.Message}", e);
        }
    }

    /// <summary>Changes the list, one program at a time. It is on the disk when this returns.</summary>
    /// <param name="change">Returns the changed list, or null to leave it as it is.</param>
    /// <returns>Whether it was changed.</returns>
    /// <inheritdoc cref="Read"/>
    public bool TryChange(Func<MemberList, MemberList?> change)
    {
        Directory.CreateDirectory(folder);
        using var exclusive = FileLock.Take(_path);
        if (change(Read()) is not { } changed)
            return false;
        AtomicFile.Write(_path, MemberListJson.Format(changed));
        return true;
    }
}
