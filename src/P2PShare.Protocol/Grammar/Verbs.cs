namespace P2PShare.Protocol.Grammar;

/// <summary>The word on the wire of each <see cref="Verb"/>. Only upper case is recognized.</summary>
public static class Verbs
{
    // The most frequent first, because lookups go through the table in order.
    private static readonly (Verb Verb, byte[] Word)[] Table =
    [
        (Verb.Request, "REQUEST"u8.ToArray()),
        (Verb.Get, "GET"u8.ToArray()),
        (Verb.Share, "SHARE"u8.ToArray()),
        (Verb.Announce, "ANNOUNCE"u8.ToArray()),
        (Verb.Ping, "PING"u8.ToArray()),
        (Verb.Watch, "WATCH"u8.ToArray()),
        (Verb.Meta, "META"u8.ToArray()),
        (Verb.Hashes, "HASHES"u8.ToArray()),
        (Verb.Locate, "LOCATE"u8.ToArray()),
        (Verb.LocateId, "LOCATE_ID"u8.ToArray()),
        (Verb.Search, "SEARCH"u8.ToArray()),
        (Verb.ListFiles, "LIST_FILES"u8.ToArray()),
        (Verb.ListShares, "LIST_SHARES"u8.ToArray()),
        (Verb.Withdraw, "WITHDRAW"u8.ToArray()),
        (Verb.ProtoVersion, "PROTO_VERSION"u8.ToArray()),
        (Verb.Register, "REGISTER"u8.ToArray()),
        (Verb.Resume, "RESUME"u8.ToArray()),
        (Verb.LocatePeers, "LOCATE_PEERS"u8.ToArray()),
        (Verb.SharePart, "SHARE_PART"u8.ToArray()),
        (Verb.WithdrawPart, "WITHDRAW_PART"u8.ToArray()),
        (Verb.Certify, "CERTIFY"u8.ToArray()),
        (Verb.Join, "JOIN"u8.ToArray()),
        (Verb.Folders, "FOLDERS"u8.ToArray()),
        (Verb.Whois, "WHOIS"u8.ToArray()),
        (Verb.Servers, "SERVERS"u8.ToArray()),
    ];

    /// <exception cref="ArgumentOutOfRangeException"><see cref="Verb.Unknown"/> has no word.</exception>
    public static ReadOnlySpan<byte> WordOf(Verb verb)
    {
        foreach (var entry in Table)
        {
            if (entry.Verb == verb)
                return entry.Word;
        }

        throw new ArgumentOutOfRangeException(nameof(verb));
    }

    /// <summary>Finds the verb of a line.</summary>
    /// <param name="line">Without its line end.</param>
    /// <param name="arguments">What follows the verb and one space; empty where nothing does.</param>
    public static Verb Split(ReadOnlyMemory<byte> line, out ReadOnlyMemory<byte> arguments)
    {
        var verb = Recognize(line.Span, out var argumentsStart);
        arguments = line[argumentsStart..];
        return verb;
    }

    /// <summary>As <see cref="Split"/>, for a line that is looked at in place.</summary>
    /// <param name="line">Without its line end.</param>
    /// <param name="argumentsStart">
    /// The index of the first byte after the verb and one space; the length of the line where there is none.
    /// </param>
    public static Verb Recognize(ReadOnlySpan<byte> line, out int argumentsStart)
    {
        // REQUEST is what a busy server is asked most: with its space, it is one comparison of eight bytes.
        if (line.StartsWith("REQUEST "u8))
        {
            argumentsStart = "REQUEST "u8.Length;
            return Verb.Request;
        }

        var space = line.IndexOf((byte)' ');
        argumentsStart = space < 0 ? line.Length : space + 1;
        return Find(space < 0 ? line : line[..space]);
    }

    private static Verb Find(ReadOnlySpan<byte> word)
    {
        foreach (var entry in Table)
        {
            if (word.SequenceEqual(entry.Word))
                return entry.Verb;
        }

        return Verb.Unknown;
    }
}
