using System.Net;
using System.Text;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry;

namespace P2PShare.Server.Tests.Registry;

/// <summary>Names, contents and owners in few words. Owner n is at 10.x.y.z, where the number is n, so that an address tells who it is.</summary>
internal static class Entries
{
    public static FileName Name(string text) =>
        FileName.TryParse(text, out var name, out var refusal) ? name : throw new ArgumentException(refusal, nameof(text));

    /// <summary>Content number n, of n bytes where no other size is said; null is the unknown content of a plain owner.</summary>
    public static FileIdentity? Content(int? number, long? size = null) =>
        number is { } n && FileIdentity.TryCreate(Id(n), size ?? n, out var identity) ? identity : null;

    public static FileId Id(int number)
    {
        Span<byte> hash = stackalloc byte[Limits.HashBytes];
        BitConverter.TryWriteBytes(hash, number);
        return new FileId(hash);
    }

    public static PeerAddress Address(long owner, int port = 9001) =>
        PeerAddress.Create(new IPAddress([10, (byte)(owner >> 16), (byte)(owner >> 8), (byte)owner]), port);

    public static long OwnerOf(PeerAddress address)
    {
        var bytes = address.Ip.GetAddressBytes();
        return (bytes[1] << 16) | (bytes[2] << 8) | bytes[3];
    }

    public static FileEntry Entry(long owner, string name, int? content = null, int port = 9001) =>
        new(owner, Name(name), Address(owner, port), Content(content));

    public static void PutAll(this IFileRegistry registry, params IEnumerable<FileEntry> entries)
    {
        foreach (var entry in entries)
            registry.Put(entry).Should().BeNull();
    }

    public static List<FileEntry> Find(this IFileRegistry registry, string name, int room = 50) =>
        Read(room, rows => registry.Find(Name(name), rows));

    public static List<FileEntry> Find(this IFileRegistry registry, FileId id, int room = 50) =>
        Read(room, rows => registry.Find(id, rows));

    public static List<FileEntry> ReadPage(this IFileRegistry registry, FilePosition after, int room) =>
        Read(room, rows => registry.ReadPage(after, rows));

    /// <summary>The rows of a page as LIST_FILES shows them, and after them where the page ended.</summary>
    public static List<string> ReadPlainPage(this IFileRegistry registry, FilePosition after, int room)
    {
        using var page = new EncodedRows(room);
        registry.ReadPage(after, page);
        var lines = Encoding.UTF8.GetString(page.Text).Split('\n');
        lines.Should().HaveCount(page.Count + 1).And.EndWith("");
        return page.Count == 0 ? [] : [.. lines[..^1], $"{Encoding.UTF8.GetString(page.LastName)} of {page.LastOwner}"];
    }

    /// <summary>Everything, read in pages of this many rows.</summary>
    public static List<FileEntry> ReadAll(this IFileRegistry registry, int room = 64)
    {
        var all = new List<FileEntry>();
        List<FileEntry> page;
        do
        {
            page = registry.ReadPage(all.Count == 0 ? FilePosition.Start : After(all[^1]), room);
            all.AddRange(page);
        }
        while (page.Count == room);
        return all;
    }

    public static FilePosition After(FileEntry entry) => new(entry.Name.Utf8, entry.Owner);

    /// <summary>An entry as a test may write it: owner, name, port, content.</summary>
    public static string Text(this FileEntry entry) =>
        new StringBuilder().Append(entry.Owner).Append(' ').Append(entry.Name).Append(' ').Append(entry.Address.Port).Append(' ')
            .Append(entry.Identity is { } identity ? $"{identity.Id.Short}/{identity.Size}" : "-").ToString();

    private static List<FileEntry> Read(int room, Action<FileRows> read)
    {
        using var rows = new FileRows(room);
        read(rows);
        return [.. Enumerable.Range(0, rows.Count).Select(i => rows[i] with { Name = rows[i].Name.ToOwned() })];
    }
}
