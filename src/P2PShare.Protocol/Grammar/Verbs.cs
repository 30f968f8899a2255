namespace P2PShare.Protocol.Grammar;

/// <summary>The words on the wire for each <see cref="Verb"/>; upper case, and no other case will do.</summary>
public static class Verbs
{
    public static ReadOnlySpan<byte> WordOf(Verb verb) => verb switch
    {
        Verb.ProtoVersion => "PROTO_VERSION"u8,
        Verb.Register => "REGISTER"u8,
        Verb.Announce => "ANNOUNCE"u8,
        Verb.ListFiles => "LIST_FILES"u8,
        Verb.Request => "REQUEST"u8,
        Verb.Share => "SHARE"u8,
        Verb.Withdraw => "WITHDRAW"u8,
        Verb.Locate => "LOCATE"u8,
        Verb.LocateId => "LOCATE_ID"u8,
        Verb.ListShares => "LIST_SHARES"u8,
        Verb.Search => "SEARCH"u8,
        Verb.Ping => "PING"u8,
        Verb.Resume => "RESUME"u8,
        Verb.Get => "GET"u8,
        Verb.Hashes => "HASHES"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(verb)),
    };

    /// <summary>The verb that <paramref name="line"/> begins with, and what follows the space behind it.</summary>
    public static Verb Split(ReadOnlyMemory<byte> line, out ReadOnlyMemory<byte> arguments)
    {
        var verb = Recognize(line.Span, out var argumentsStart);
        arguments = line[argumentsStart..];
        return verb;
    }

    /// <summary>As <see cref="Split"/>, for a line that is looked at in place.</summary>
    public static Verb Recognize(ReadOnlySpan<byte> line, out int argumentsStart)
    {
        var space = line.IndexOf((byte)' ');
        argumentsStart = space < 0 ? line.Length : space + 1;
        return Find(space < 0 ? line : line[..space]);
    }

    private static Verb Find(ReadOnlySpan<byte> word)
    {
        // REQUEST first: it is what a busy server is asked most.
        if (word.SequenceEqual("REQUEST"u8))
            return Verb.Request;
        for (var verb = Verb.ProtoVersion; verb <= Verb.Hashes; verb++)
        {
            if (word.SequenceEqual(WordOf(verb)))
                return verb;
        }

        return Verb.Unknown;
    }
}
