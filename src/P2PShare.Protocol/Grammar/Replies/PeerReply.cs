using System.Buffers;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Grammar.Replies;

/// <summary>The kinds of answer to GET, HASHES, WATCH and META.</summary>
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

    /// <summary><c>CHOKED</c>: others wait for an upload slot; ask with WATCH for the next one.</summary>
    Choked,

    /// <summary><c>HAVE position *range</c>: the pieces that the peer has since the position of the WATCH.</summary>
    Have,

    /// <summary><c>HAVE_NONE</c>: the peer shares neither the content nor a part of it.</summary>
    HaveNone,

    /// <summary><c>UNCHOKED count *range</c>: an upload slot is reserved for that many GETs; the ranges are suggestions.</summary>
    Unchoked,

    /// <summary><c>META_OK modified x|-</c>, or <c>META_NONE</c>: what the peer can tell of a file beside its content.</summary>
    Meta,
}

/// <summary>The line that answers a GET, HASHES, WATCH or META.</summary>
/// <param name="Kind">The kind of answer.</param>
/// <param name="Number">
/// The length in bytes of DATA, the seconds of BUSY, the position of HAVE, the number of GETs of UNCHOKED; otherwise 0.
/// </param>
/// <param name="Pieces">The ranges of HAVE and UNCHOKED that were parsed; otherwise none.</param>
/// <param name="Metadata">That of META_OK; null for META_NONE, and for a META_OK whose words are not understood.</param>
public readonly record struct PeerReply(PeerReplyKind Kind, int Number, PieceRanges Pieces = default, FileMetadata? Metadata = null)
{
    /// <summary>Whether it answers a META.</summary>
    public bool AnswersMeta => Kind == PeerReplyKind.Meta;

    /// <summary>Whether it answers a WATCH; all kinds that answer neither this nor a META answer GET or HASHES.</summary>
    public bool AnswersWatch => Kind is PeerReplyKind.Have or PeerReplyKind.HaveNone or PeerReplyKind.Unchoked;

    /// <summary>The most bytes that can follow a DATA line: the longest answer that either command has.</summary>
    public const int MaxDataBytes = Limits.MaxGetBytes;

    public static bool TryParse(ReadOnlyMemory<byte> line, out PeerReply reply)
    {
        reply = default;
        if (line.Span.SequenceEqual(FixedReplies.NotShared))
            reply = new PeerReply(PeerReplyKind.NotShared, 0);
        else if (line.Span.SequenceEqual(FixedReplies.Changed))
            reply = new PeerReply(PeerReplyKind.Changed, 0);
        else if (line.Span.SequenceEqual(FixedReplies.Choked))
            reply = new PeerReply(PeerReplyKind.Choked, 0);
        else if (line.Span.SequenceEqual(FixedReplies.HaveNone))
            reply = new PeerReply(PeerReplyKind.HaveNone, 0);
        else if (line.Span.SequenceEqual(FixedReplies.MetaNone))
            reply = new PeerReply(PeerReplyKind.Meta, 0);
        else if (!Words.TryTakeFirst(line, out var verb, out var rest))
            return false;
        else if (verb.SequenceEqual("HAVE"u8))
            return TryParsePieces(PeerReplyKind.Have, rest, 0, out reply);
        else if (verb.SequenceEqual("UNCHOKED"u8))
            return TryParsePieces(PeerReplyKind.Unchoked, rest, 1, out reply);
        else if (verb.SequenceEqual("DATA"u8) && DecimalDigits.TryParse(rest.Span, MaxDataBytes, out var length))
            reply = new PeerReply(PeerReplyKind.Data, length);
        else if (verb.SequenceEqual("BUSY"u8) && DecimalDigits.TryParse(rest.Span, long.MaxValue, out var seconds))
            reply = new PeerReply(PeerReplyKind.Busy, (int)Math.Clamp(seconds, 1, Limits.MaxBusySeconds));
        else if (verb.SequenceEqual("META_OK"u8))
            reply = new PeerReply(PeerReplyKind.Meta, 0, Metadata: FileMetadata.TryParse(rest, out var metadata) ? metadata : null);
        else
            return false;
        return true;
    }

    /// <summary>Writes a HAVE: the pieces since the position of the WATCH, and the position after them.</summary>
    /// <param name="output">Where it is written.</param>
    /// <param name="position">The position after these pieces.</param>
    /// <param name="pieces">At most <see cref="Limits.MaxPieceRanges"/>, in the order of the log.</param>
    public static void WriteHave(IBufferWriter<byte> output, int position, ReadOnlySpan<PieceRange> pieces) =>
        Write(output, "HAVE"u8, position, pieces);

    /// <summary>Writes an UNCHOKED: a slot for <paramref name="count"/> GETs, and the pieces that should be asked for first.</summary>
    /// <inheritdoc cref="WriteHave"/>
    public static void WriteUnchoked(IBufferWriter<byte> output, int count, ReadOnlySpan<PieceRange> pieces) =>
        Write(output, "UNCHOKED"u8, count, pieces);

    // DATA 1048576
    // BUSY 5
    // NOT_SHARED
    // CHANGED
    // CHOKED
    // HAVE_NONE
    // META_OK 1772366400000000000 x
    // META_NONE
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
            case PeerReplyKind.Changed:
                FixedReplies.Write(output, FixedReplies.Changed);
                break;
            case PeerReplyKind.Choked:
                FixedReplies.Write(output, FixedReplies.Choked);
                break;
            case PeerReplyKind.HaveNone:
                FixedReplies.Write(output, FixedReplies.HaveNone);
                break;
            case PeerReplyKind.Meta when Metadata is { } metadata:
                metadata.AppendTo(LineWriter.Start(output).Word("META_OK"u8)).End();
                break;
            case PeerReplyKind.Meta:
                FixedReplies.Write(output, FixedReplies.MetaNone);
                break;
            case PeerReplyKind.NotShared:
                FixedReplies.Write(output, FixedReplies.NotShared);
                break;
            default:
                throw new InvalidOperationException($"{Kind} is written with its ranges");
        }
    }

    private static bool TryParsePieces(PeerReplyKind kind, ReadOnlyMemory<byte> words, int min, out PeerReply reply)
    {
        reply = default;
        var isAlone = !Words.TryTakeFirst(words, out var numberWord, out var rest);
        if (!DecimalDigits.TryParse(isAlone ? words.Span : numberWord, Limits.MaxPieces, out int number)
            || number < min
            || (!isAlone && rest.IsEmpty)
            || !PieceRanges.TryParse(rest, out var pieces))
            return false;
        reply = new PeerReply(kind, number, pieces);
        return true;
    }

    // HAVE 12 0-7 9 63
    // UNCHOKED 1 17
    private static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> verb, int number, ReadOnlySpan<PieceRange> pieces)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pieces.Length, Limits.MaxPieceRanges);
        Span<byte> word = stackalloc byte[PieceRange.MaxBytes];
        var line = LineWriter.Start(output).Word(verb).Word(number);
        foreach (var range in pieces)
            line = line.Word(word[..range.Format(word)]);
        line.End();
    }
}
