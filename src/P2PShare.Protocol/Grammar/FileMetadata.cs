using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Grammar;

/// <summary>What goes with a file beside its content (PROTOCOL.md, section 6.5). A claim of the owner: nothing proves it.</summary>
/// <param name="Modified">
/// When the file was modified, in nanoseconds since 1970 in UTC, 0..<see cref="Limits.MaxModifiedNanoseconds"/>; null where it is unknown
/// or out of this range.
/// </param>
/// <param name="IsExecutable">Its owner may execute it.</param>
public sealed record FileMetadata(long? Modified, bool IsExecutable)
{
    /// <summary>The number, or null where no line may hold it.</summary>
    public static long? InRange(long nanoseconds) => nanoseconds is >= 0 and <= Limits.MaxModifiedNanoseconds ? nanoseconds : null;

    internal static bool TryParse(ReadOnlyMemory<byte> words, out FileMetadata? metadata)
    {
        metadata = null;
        if (!Words.TryTakeFirst(words, out var time, out var rest))
            return false;
        var isUnknown = time.SequenceEqual("-"u8);
        var nanoseconds = 0L;
        var isExecutable = rest.Span.SequenceEqual("x"u8);
        if ((!isUnknown && !DecimalDigits.TryParse(time, Limits.MaxModifiedNanoseconds, out nanoseconds))
            || (!isExecutable && !rest.Span.SequenceEqual("-"u8)))
            return false;
        metadata = new FileMetadata(isUnknown ? null : nanoseconds, isExecutable);
        return true;
    }

    internal LineWriter AppendTo(LineWriter line)
    {
        line = Modified is { } nanoseconds ? line.Word(nanoseconds) : line.Word("-"u8);
        return line.Word(IsExecutable ? "x"u8 : "-"u8);
    }
}
