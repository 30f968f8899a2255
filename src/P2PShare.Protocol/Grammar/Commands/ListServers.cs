using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace P2PShare.Protocol.Grammar.Commands;

/// <summary>
/// <c>SERVERS</c>: asks a server that named the feature SERVERS where the others of its cluster are (PROTOCOL.md, section 5.5).
/// </summary>
public readonly record struct ListServers : IMessage<ListServers>
{
    public static Verb Verb => Verb.Servers;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out ListServers message, [NotNullWhen(false)] out string? refusal)
    {
        message = default;
        refusal = arguments.IsEmpty ? null : Refusals.UnexpectedArguments;
        return refusal is null;
    }

    // SERVERS
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).End();
}
