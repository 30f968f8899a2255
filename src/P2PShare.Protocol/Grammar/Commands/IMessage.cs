using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace P2PShare.Protocol.Grammar.Commands;

/// <summary>
/// One command: a line that begins with its verb. Parsing and writing are pure functions over bytes and inverse to each other.
/// </summary>
public interface IMessage<TSelf>
    where TSelf : struct, IMessage<TSelf>
{
    static abstract Verb Verb { get; }

    /// <summary>
    /// Parses what follows the verb and one space; empty where the verb is the whole line. A name in the message refers to the memory
    /// of <paramref name="arguments"/>. On false, <paramref name="refusal"/> is a reason that is safe to send to the other side.
    /// </summary>
    static abstract bool TryParse(ReadOnlyMemory<byte> arguments, out TSelf message, [NotNullWhen(false)] out string? refusal);

    /// <summary>Writes the line with its verb and its LF.</summary>
    void WriteTo(IBufferWriter<byte> output);
}
