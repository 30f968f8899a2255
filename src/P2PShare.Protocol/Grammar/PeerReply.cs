using System.Buffers;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Grammar;

/// <summary>What a peer answers to GET and HASHES.</summary>
public enum PeerReplyKind
{
    /// <summary><c>DATA length</c>, and that many bytes.</summary>
    Data,

    /// <summary><c>NOT_SHARED</c></summary>
    NotShared,

    /// <summary><c>CHANGED</c></summary>
    Changed,

    /// <summary><c>BUSY seconds</c>: every upload slot is taken; ask again then.</summary>
    Busy,
}

/// <summary>The line that answers a GET or HASHES. <paramref name="Number"/> is the length in bytes of DATA, or the seconds of BUSY; else 0.</summary>
public readonly record struct PeerReply(PeerReplyKind Kind, int Number)
{
    /// <summary>The most bytes a DATA may carry: the longest answer that either command can have.</summary>
    public const int MaxData = Limits.MaxGetBytes;

    public static bool TryParse(ReadOnlyMemory<byte> line, out PeerReply reply)
    {
        reply = default;
        if (line.Span.SequenceEqual(Replies.NotShared))
            reply = new PeerReply(PeerReplyKind.NotShared, 0);
        else if (line.Span.SequenceEqual(Replies.Changed))
            reply = new PeerReply(PeerReplyKind.Changed, 0);
        else if (!Words.TryTakeFirst(line, out var verb, out var rest))
            return false;
        else if (verb.SequenceEqual("DATA"u8) && DecimalDigits.TryParse(rest.Span, MaxData, out var length))
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
                Line.In(output).Word("DATA"u8).Word(Number).End();
                break;
            case PeerReplyKind.Busy:
                Line.In(output).Word("BUSY"u8).Word(Number).End();
                break;
            default:
                Replies.Write(output, Kind == PeerReplyKind.Changed ? Replies.Changed : Replies.NotShared);
                break;
        }
    }
}
