using System.Net;
using System.Text;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry.Pages;

namespace P2PShare.Server.Cluster.Messages;

/// <summary>
/// One page, as a message: <c>format u8, version u64, entries u8, parts u8</c>, and where there are any,
/// <c>session u64, since i64, user, key, IP address, port of the parts u16</c>, entries (<c>name, port u16, is known u8, id, size i64</c>)
/// and the ids of the parts. A text is its length (u16) and UTF-8; a key is a flag and 32 bytes; an IP address its length (u8) and bytes.
/// </summary>
internal static class PageMessage
{
    /// <summary>Writes a page that is not empty.</summary>
    public static void Write(MessageWriter writer, long version, RegistryPage page, in SessionDescription session)
    {
        WriteHeader(writer, new PageHeader(version, page.Rows.Count, page.Parts.Count));
        writer.WriteInt64(page.Owner);
        writer.WriteInt64(page.Since);
        writer.WriteBytes(Encoding.UTF8.GetBytes(session.User.Text));
        writer.WriteKey(session.Key);
        writer.WriteIp(page.Rows.Count > 0 ? page.Rows[0].Address.Ip : page.PartsAddress.Ip);
        writer.WriteUInt16(page.Parts.Count > 0 ? page.PartsAddress.Port : 0);
        for (var i = 0; i < page.Rows.Count; i++)
        {
            var row = page.Rows[i];
            writer.WriteBytes(row.Name.Utf8.Span);
            writer.WriteUInt16(row.Address.Port);
            writer.WriteFlag(row.Identity is not null);
            if (row.Identity is not { } identity)
                continue;
            writer.WriteId(identity.Id);
            writer.WriteInt64(identity.Size);
        }

        foreach (var part in page.Parts)
            writer.WriteId(part);
    }

    public static void WriteTombstone(MessageWriter writer, long version) => WriteHeader(writer, new PageHeader(version, 0, 0));

    /// <summary>Reads the beginning. False where the message is too long, of another format or out of bounds.</summary>
    public static bool TryReadHeader(ReadOnlyMemory<byte> message, out PageHeader header)
    {
        var reader = new MessageReader(message);
        return TryReadHeader(ref reader, message, out header);
    }

    /// <summary>
    /// Reads a page that is not a tombstone. On false, <paramref name="page"/> has any content, and the message is refused as a whole.
    /// </summary>
    public static bool TryRead(ReadOnlyMemory<byte> message, RegistryPage page, out SessionDescription session)
    {
        page.Clear();
        session = default;
        var reader = new MessageReader(message);
        if (!TryReadHeader(ref reader, message, out var header)
            || header.IsTombstone
            || !reader.TryReadInt64(1, PageKey.MaxSession, out var number)
            || !reader.TryReadInt64(0, MessageBounds.MaxSince, out var since)
            || !reader.TryReadUser(out var user)
            || !reader.TryReadKey(out var key)
            || !reader.TryReadIp(out var ip)
            || !reader.TryReadUInt16(PeerAddress.MaxPort, out var partsPort)
            || partsPort == 0 != (header.Parts == 0))
            return false;
        (page.Owner, page.Since) = (number, since);
        session = new SessionDescription(user, key);
        if (header.Parts > 0)
            page.PartsAddress = PeerAddress.Create(ip, partsPort);
        return TryReadEntries(ref reader, header.Entries, ip, page) && TryReadParts(ref reader, header.Parts, page) && reader.IsAtEnd;
    }

    private static void WriteHeader(MessageWriter writer, PageHeader header)
    {
        writer.Clear();
        writer.WriteByte(MessageBounds.Format);
        writer.WriteInt64(header.Version);
        writer.WriteByte(header.Entries);
        writer.WriteByte(header.Parts);
    }

    private static bool TryReadHeader(ref MessageReader reader, ReadOnlyMemory<byte> message, out PageHeader header)
    {
        header = default;
        if (message.Length > MessageBounds.MaxPageBytes
            || !reader.TryReadByte(MessageBounds.Format, out var format)
            || format != MessageBounds.Format
            || !reader.TryReadInt64(1, MessageBounds.MaxVersion, out var version)
            || !reader.TryReadByte(RegistryPage.MaxItems, out var entries)
            || !reader.TryReadByte(RegistryPage.MaxItems, out var parts)
            || entries + parts > RegistryPage.MaxItems)
            return false;
        header = new PageHeader(version, entries, parts);
        return !header.IsTombstone || reader.IsAtEnd;
    }

    private static bool TryReadEntries(ref MessageReader reader, int count, IPAddress ip, RegistryPage page)
    {
        for (var i = 0; i < count; i++)
        {
            // A name that is not in NFC comes from no server: parsing has put it into that form before it was stored.
            if (!reader.TryReadBytes(Limits.MaxFileNameBytes, out var utf8)
                || !FileName.TryParse(utf8, out var name, out _)
                || !name.Utf8.Span.SequenceEqual(utf8.Span)
                || !reader.TryReadUInt16(PeerAddress.MaxPort, out var port)
                || port < PeerAddress.MinPort
                || !TryReadIdentity(ref reader, out var identity))
                return false;
            page.Rows.Add(page.Owner, utf8.Span, ip, port, identity);
        }

        return true;
    }

    private static bool TryReadIdentity(ref MessageReader reader, out FileIdentity? identity)
    {
        identity = null;
        if (!reader.TryReadFlag(out var isKnown))
            return false;
        if (!isKnown)
            return true;
        if (!reader.TryReadHash(out var hash)
            || !reader.TryReadInt64(0, Limits.MaxFileBytes, out var size)
            || !FileIdentity.TryCreate(new FileId(hash), size, out var known))
            return false;
        identity = known;
        return true;
    }

    private static bool TryReadParts(ref MessageReader reader, int count, RegistryPage page)
    {
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadHash(out var hash))
                return false;
            page.Parts.Add(new FileId(hash));
        }

        return true;
    }
}
