using System.Buffers;
using System.Text;

namespace P2PShare.Protocol.Grammar.Replies;

/// <summary>
/// The answer to a command that succeeds or fails: <c>REGISTER_OK</c>, <c>REGISTER_FAIL reason</c>, and the same for ANNOUNCE, SHARE,
/// WITHDRAW, RESUME, SHARE_PART and WITHDRAW_PART; or <c>ERROR reason</c>.
/// </summary>
/// <param name="Verb">The command that is answered.</param>
/// <param name="Refusal">The reason of a failure; null after a success. In a received reply it is untrusted text.</param>
public readonly record struct StatusReply(Verb Verb, string? Refusal)
{
    /// <summary>False where <paramref name="line"/> is not an answer to that command.</summary>
    public static bool TryParse(Verb verb, ReadOnlySpan<byte> line, out StatusReply reply)
    {
        reply = new StatusReply(verb, null);
        if (TryTakeReason(line, "ERROR"u8, out var reason))
        {
            reply = new StatusReply(verb, reason);
            return true;
        }

        if (!line.StartsWith(Verbs.WordOf(verb)))
            return false;
        var rest = line[Verbs.WordOf(verb).Length..];
        if (rest.SequenceEqual("_OK"u8))
            return true;
        if (!TryTakeReason(rest, "_FAIL"u8, out reason))
            return false;
        reply = new StatusReply(verb, reason);
        return true;
    }

    // REGISTER_OK
    // REGISTER_FAIL user name longer than 64 characters
    public void WriteTo(IBufferWriter<byte> output)
    {
        Span<byte> word = stackalloc byte[32];
        var verb = Verbs.WordOf(Verb);
        verb.CopyTo(word);
        var suffix = Refusal is null ? "_OK"u8 : "_FAIL"u8;
        suffix.CopyTo(word[verb.Length..]);
        var line = LineWriter.Start(output).Word(word[..(verb.Length + suffix.Length)]);
        if (Refusal is not null)
            line = line.Text(Refusal);
        line.End();
    }

    private static bool TryTakeReason(ReadOnlySpan<byte> line, ReadOnlySpan<byte> verb, out string reason)
    {
        reason = "no reason given";
        if (!line.StartsWith(verb))
            return false;
        var rest = line[verb.Length..];
        if (rest.IsEmpty)
            return true;
        if (rest[0] != (byte)' ')
            return false;
        reason = Encoding.UTF8.GetString(rest[1..]);
        return true;
    }
}
