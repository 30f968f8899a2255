using System.Buffers;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Grammar.Replies;

// The rows of lists. They have no verb; each list ends with its own line (see FixedReplies).

/// <summary>A row of LIST_FILES: <c>filename ip port</c>.</summary>
public readonly record struct FileRow(FileName Name, PeerAddress Owner)
{
    public static bool TryParse(ReadOnlyMemory<byte> line, out FileRow row)
    {
        row = default;
        if (!Words.TryTakeLast(line, out var port, out var rest)
            || !Words.TryTakeLast(rest, out var ip, out rest)
            || !PeerAddress.TryParse(ip, port, out var owner)
            || !FileName.TryParse(rest, out var name, out _))
            return false;
        row = new FileRow(name, owner);
        return true;
    }

    // yaz tatili.txt 127.0.0.1 9001
    public void WriteTo(IBufferWriter<byte> output)
    {
        output.Write(Name.Utf8.Span);
        output.Write(new EncodedAddress(Owner).Bytes);
    }
}

/// <summary>
/// A row of LOCATE, LOCATE_ID and LIST_SHARES: <c>file-id size ip port filename</c>; <c>- -</c> stands for the identity of a file
/// that was announced with ANNOUNCE.
/// </summary>
public readonly record struct OwnerRow(FileIdentity? Identity, PeerAddress Owner, FileName Name)
{
    public static bool TryParse(ReadOnlyMemory<byte> line, out OwnerRow row)
    {
        row = default;
        if (!Words.TryTakeFirst(line, out var id, out var rest)
            || !Words.TryTakeFirst(rest, out var size, out rest)
            || !Words.TryTakeFirst(rest, out var ip, out rest)
            || !Words.TryTakeFirst(rest, out var port, out rest)
            || !IdentityWords.TryParseOptional(id, size, out var identity)
            || !PeerAddress.TryParse(ip, port, out var owner)
            || !FileName.TryParse(rest, out var name, out _))
            return false;
        row = new OwnerRow(identity, owner, name);
        return true;
    }

    // 8f3a...c1 1048576 127.0.0.1 9001 yaz tatili.txt
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output).Word(Identity).Word(Owner).Word(Name).End();
}

/// <summary>A row of SEARCH: <c>file-id size owners filename</c>. A name has one row for each of its contents.</summary>
public readonly record struct SearchRow(FileIdentity? Identity, int Owners, FileName Name)
{
    public static bool TryParse(ReadOnlyMemory<byte> line, out SearchRow row)
    {
        row = default;
        if (!Words.TryTakeFirst(line, out var id, out var rest)
            || !Words.TryTakeFirst(rest, out var size, out rest)
            || !Words.TryTakeFirst(rest, out var ownersWord, out rest)
            || !IdentityWords.TryParseOptional(id, size, out var identity)
            || !DecimalDigits.TryParse(ownersWord, int.MaxValue, out var owners)
            || !FileName.TryParse(rest, out var name, out _))
            return false;
        row = new SearchRow(identity, owners, name);
        return true;
    }

    // 8f3a...c1 1048576 3 yaz tatili.txt
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output).Word(Identity).Word(Owners).Word(Name).End();
}
