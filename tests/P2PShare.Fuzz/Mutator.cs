using System.Text;

namespace P2PShare.Fuzz;

/// <summary>Mutates valid conversations line by line and word by word, so that most results pass the first check of a parser.</summary>
internal sealed class Mutator(Random random)
{
    private static readonly string[] HostileWords =
    [
        "", " ", "0", "-1", "+1", "1", "01", "65535", "65536", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808",
        "99999999999999999999999", "1e9", "0x10", "-", "--", "a", ".", "..", "../x", "/etc/passwd", "a\\b", "C:x", "a/", "/", "a//b",
        "127.0.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "::", "::1", "::ffff:127.0.0.1", "fe80::1%eth0", "1.2.3", "LIST_END",
        "LOCATE_END", "LOCATE_PEERS_END", "WATCH", "IDLE", "INTERESTED", "HAVE", "UNCHOKED", "CHOKED", "4194303", "4194304", "0-1",
        "WHOLE", "PART", "PEER", "WHOIS_END", "JOIN_OK", "CERTIFICATE", "AA==", "ERROR", "BUSY", "MORE", "DATA", "VERSION_OK",
        "VERSION_FAIL", "SERVER", "SERVERS_END", "[::1]:8080", "127.1:8080", "a-.b:1",
        "PROTO_VERSION", "1.0", "1.1", "\u202E", "\u001b[2J",
        "\u0000", "\r", "é", "e\u0301", "\uFFFE", "\uD83D\uDE00", new('0', 64), new('f', 64), new('g', 64), new('x', 255), new('x', 256),
        new('x', 1024), new('x', 4096), new('x', 5000), new('9', 400), string.Join('/', Enumerable.Repeat("d", 512)),
    ];

    private static readonly string[] LineEnds = ["\n", "\n", "\n", "\n", "\n", "\n", "\r\n", "\r", "", "\n\n"];

    public Random Random { get; } = random;

    /// <summary>A conversation of these parts, some of them changed, removed, repeated or exchanged.</summary>
    public byte[] Conversation(IReadOnlyList<byte[]> parts)
    {
        var changed = parts.ToList();
        for (var changes = Random.Next(4); changes > 0; changes--)
            Rearrange(changed);
        var rate = Random.Next(1, 8);
        using var all = new MemoryStream();
        foreach (var part in changed)
            all.Write(Random.Next(rate) == 0 ? Change(part) : part);
        return all.ToArray();
    }

    public static byte[] Line(string line) => Encoding.UTF8.GetBytes(line + "\n");

    /// <summary>Divides the bytes into random slices, as a network may.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Slice(byte[] bytes)
    {
        var largest = Random.Next(3) switch { 0 => 3, 1 => 100, _ => 100_000 };
        for (var start = 0; start < bytes.Length;)
        {
            var length = Math.Min(bytes.Length - start, Random.Next(1, largest + 1));
            yield return bytes.AsMemory(start, length);
            start += length;
        }
    }

    public byte[] Change(byte[] part) => Random.Next(6) switch
    {
        0 => FlipBytes(part),
        1 => part[..Random.Next(part.Length + 1)],
        2 => [.. part, .. part],
        3 => Insert(part),
        _ => ChangeWord(part),
    };

    /// <summary>As <see cref="Change"/>, for what does not consist of words.</summary>
    public byte[] ChangeBytes(byte[] part) => Random.Next(5) switch
    {
        0 => part[..Random.Next(part.Length + 1)],
        1 => [.. part, .. part],
        2 => Insert(part),
        _ => FlipBytes(part),
    };

    private void Rearrange(List<byte[]> parts)
    {
        if (parts.Count == 0)
            return;
        var (one, other) = (Random.Next(parts.Count), Random.Next(parts.Count));
        switch (Random.Next(4))
        {
            case 0:
                parts.RemoveAt(one);
                break;
            case 1:
                parts.Insert(one, parts[other]);
                break;
            case 2:
                (parts[one], parts[other]) = (parts[other], parts[one]);
                break;
            default:
                parts.RemoveRange(one, parts.Count - one);
                break;
        }
    }

    private byte[] ChangeWord(byte[] part)
    {
        var words = Encoding.UTF8.GetString(part).TrimEnd('\n').Split(' ').ToList();
        var place = Random.Next(words.Count);
        var hostile = HostileWords[Random.Next(HostileWords.Length)];
        switch (Random.Next(4))
        {
            case 0:
                words.Insert(place, hostile);
                break;
            case 1:
                words.RemoveAt(place);
                break;
            default:
                words[place] = hostile;
                break;
        }

        return Encoding.UTF8.GetBytes(string.Join(' ', words) + LineEnds[Random.Next(LineEnds.Length)]);
    }

    private byte[] FlipBytes(byte[] part)
    {
        var changed = part.ToArray();
        for (var flips = Random.Next(1, 4); flips > 0 && changed.Length > 0; flips--)
            changed[Random.Next(changed.Length)] = (byte)Random.Next(256);
        return changed;
    }

    private byte[] Insert(byte[] part)
    {
        var place = Random.Next(part.Length + 1);
        var inserted = new byte[Random.Next(4) == 0 ? Random.Next(9000) : Random.Next(8)];
        Random.NextBytes(inserted);
        return [.. part[..place], .. inserted, .. part[place..]];
    }
}
