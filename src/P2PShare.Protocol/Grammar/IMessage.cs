using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace P2PShare.Protocol.Grammar;

/// <summary>One command: a line that begins with its verb. Parsing and writing are pure functions over bytes, and each undoes the other.</summary>
public interface IMessage<TSelf>
    where TSelf : struct, IMessage<TSelf>
{
    static abstract Verb Verb { get; }

    /// <summary>
    /// Reads what follows the verb and one space (nothing, where the verb stands alone). A name in the message borrows
    /// <paramref name="arguments"/>. On false, <paramref name="refusal"/> is a reason that is safe to send back.
    /// </summary>
    static abstract bool TryParse(ReadOnlyMemory<byte> arguments, out TSelf message, [NotNullWhen(false)] out string? refusal);

    /// <summary>Writes the whole line with its LF.</summary>
    void WriteTo(IBufferWriter<byte> output);
}
