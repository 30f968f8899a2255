using System.Buffers;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Grammar.Replies;

/// <summary>The kinds of answer to GET and HASHES.</summary>
public enum PeerReplyKind
{
    /// <summary><c>DATA length</c>, followed by that many bytes.</summary>
    Data,

    /// <summary><c>NOT_SHARED</c>: the peer does not share that content.</summary>
    NotShared,

    /// <summary><c>CHANGED</c>: the file is no longer what was announced.</summary>
    Changed,

    /// <summary><c>BUSY seconds</c>: every upload slot is taken; ask again after that time.</summary>
    Busy,
}

/// <summary>The line that answers a GET or HASHES.</summary>
/// <param name="Kind">The kind of answer.</param>
/// <param name="Number">The length in bytes of DATA, or the seconds of BUSY; otherwise 0.</param>
public readonly record struct PeerReply(PeerReplyKind Kind, int Number)
{
    /// <summary>The most bytes that can follow a DATA line: the longest answer that either command has.</summary>
    public const int MaxDataBytes = Limits.MaxGetBytes;

    public static bool TryParse(ReadOnlyMemory<byte> line, out PeerReply reply)
    {
        reply = default;
        if (line.Span.SequenceEqual(FixedReplies.NotShared))
            reply = new PeerReply(PeerReplyKind.NotShared, 0);
        else if (line.Span.SequenceEqual(FixedReplies.Changed))
            reply = new PeerReply(PeerReplyKind.Changed, 0);
        else if (!Words.TryTakeFirst(line, out var verb, out var rest))
            return false;
        else if (verb.SequenceEqual("DATA"u8) && DecimalDigits.TryParse(rest.Span, MaxDataBytes, out var length))
            reply = new PeerReply(PeerReplyKind.Data, length);
        else if (verb.SequenceEqual("BUSY"u8) && DecimalDigits.TryParse(rest.Span, long.MaxValue, out var seconds))
            reply = new PeerReply(PeerReplyKind.Busy, (int)Math.Clamp(seconds, 1, Limits.MaxBusySeconds));
        else
            return false;
        return true;
    }

    // DATA 1048576
    // BUSY 5
    // NOT_SHARED
    // CHANGED
    public void WriteTo(IBufferWriter<byte> output)
    {
        switch (Kind)
        {
            case PeerReplyKind.Data:
                LineWriter.Start(output).Word("DATA"u8).Word(Number).End();
                break;
            case PeerReplyKind.Busy:
                LineWriter.Start(output).Word("BUSY"u8).Word(Number).End();
                break;
            default:
                FixedReplies.Write(output, Kind == PeerReplyKind.Changed ? FixedReplies.Changed : FixedReplies.NotShared);
                break;
        }
    }
}
