namespace P2PShare.Server.Registry;

/// <summary>
/// A position in the registry's order (bytes of the name, then owner), whether or not an entry is there. A list that is sent in pages
/// keeps it between them, and so neither repeats nor skips an entry while the registry changes.
/// </summary>
/// <param name="Name">UTF-8 that need not be a valid file name.</param>
/// <param name="Owner">The owner at that name.</param>
internal readonly record struct FilePosition(ReadOnlyMemory<byte> Name, long Owner)
{
    /// <summary>Before every entry.</summary>
    public static FilePosition Start => Before(default);

    /// <summary>Before every entry whose name is, or begins with, these bytes. Owners count from 1.</summary>
    public static FilePosition Before(ReadOnlyMemory<byte> name) => new(name, 0);
}
