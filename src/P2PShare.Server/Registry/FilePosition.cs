namespace P2PShare.Server.Registry;

/// <summary>
/// A place in the registry's order (bytes of the name, then owner), whether an entry stands there or not: what a list that is sent
/// in pages keeps between them, so that it neither repeats nor skips an entry however the registry changes meanwhile.
/// </summary>
/// <param name="Name">UTF-8 that need not be a whole file name.</param>
/// <param name="Owner">The owner at that name.</param>
internal readonly record struct FilePosition(ReadOnlyMemory<byte> Name, long Owner)
{
    /// <summary>Before every entry.</summary>
    public static FilePosition Start => Before(default);

    /// <summary>Before every entry whose name is, or begins with, these bytes. Owners count from 1.</summary>
    public static FilePosition Before(ReadOnlyMemory<byte> name) => new(name, 0);
}
