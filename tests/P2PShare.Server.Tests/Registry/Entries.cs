using System.Net;
using System.Text;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry;

namespace P2PShare.Server.Tests.Registry;

/// <summary>Short ways to make names, contents and entries. The address of owner n is 10.x.y.z with n in its last three bytes.</summary>
internal static class Entries
{
    public static FileName Name(string text) =>
        FileName.TryParse(text, out var name, out var refusal) ? name : throw new ArgumentException(refusal, nameof(text));

    /// <summary>Content number n, of n bytes unless another size is given; null is the unknown content of a plain 1.0 client.</summary>
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
            registry.Put(entry).Should().Be(PutResult.Stored);
    }

    public static List<FileEntry> Find(this IFileRegistry registry, string name, int room = 50) =>
        Read(room, rows => registry.Find(Name(name), rows));

    public static List<FileEntry> Find(this IFileRegistry registry, FileId id, int room = 50) =>
        Read(room, rows => registry.Find(id, rows));

    /// <summary>Owner n has a part of content number m.</summary>
    public static void PutPart(this IPartRegistry registry, long owner, int content, int port = 9001) =>
        registry.PutPart(owner, Id(content), Address(owner, port)).Should().Be(PutResult.Stored);

    /// <summary>The peers of a content as LOCATE_PEERS shows them, in no order.</summary>
    public static List<PeerRow> FindPeers(this IPartRegistry registry, int content, int room = 50)
    {
        var found = new FoundPeer[room];
        var count = registry.FindPeers(Id(content), found);
        return [.. found.Take(count).Select(peer => new PeerRow(peer.IsWhole, peer.Address.Address))];
    }

    public static PeerRow Whole(long owner, int port = 9001) => new(true, Address(owner, port));

    public static PeerRow Part(long owner, int port = 9001) => new(false, Address(owner, port));

    public static List<FileEntry> ReadPage(this IFileRegistry registry, FilePosition after, int room) =>
        Read(room, rows => registry.ReadPage(after, rows));

    /// <summary>The rows of a page as LIST_FILES shows them, then the position where the page ended.</summary>
    public static List<string> ReadEncodedPage(this IFileRegistry registry, FilePosition after, int room)
    {
        using var page = new EncodedRows(room);
        registry.ReadPage(after, page);
        var lines = Encoding.UTF8.GetString(page.Text).Split('\n');
        lines.Should().HaveCount(page.Count + 1).And.EndWith("");
        return page.Count == 0 ? [] : [.. lines[..^1], $"{Encoding.UTF8.GetString(page.LastName)} of {page.LastOwner}"];
    }

    /// <summary>All entries, read in pages of this many rows.</summary>
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

    private static List<FileEntry> Read(int room, Action<FileRows> read)
    {
        using var rows = new FileRows(room);
        read(rows);
        return [.. Enumerable.Range(0, rows.Count).Select(i => rows[i] with { Name = rows[i].Name.ToOwned() })];
    }
}
