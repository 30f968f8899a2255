using System.Buffers;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Grammar.Replies;

/// <summary>A row of WHOIS: <c>PEER key user-name</c>; <c>-</c> stands for the key of a session in clear text.</summary>
public readonly record struct WhoisRow(KeyFingerprint? Key, UserName User)
{
    public static bool TryParse(ReadOnlyMemory<byte> line, out WhoisRow row)
    {
        row = default;
        KeyFingerprint? key = null;
        if (!Words.TryTakeFirst(line, out var kind, out var rest)
            || !kind.SequenceEqual("PEER"u8)
            || !Words.TryTakeFirst(rest, out var keyWord, out rest)
            || (!keyWord.SequenceEqual("-"u8) && !KeyFingerprint.TryParse(keyWord, out key))
            || !UserName.TryParse(rest.Span, out var user, out _))
            return false;
        row = new WhoisRow(key, user);
        return true;
    }

    // PEER 8f3a...c1 ali veli
    // PEER - ali veli
    public void WriteTo(IBufferWriter<byte> output) =>
        LineWriter.Start(output).Word("PEER"u8).Text(Key?.ToString() ?? "-").Text(User.Text).End();
}
