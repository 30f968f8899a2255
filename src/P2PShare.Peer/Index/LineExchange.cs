using System.Buffers;
using P2PShare.Protocol.Grammar.Commands;

namespace P2PShare.Peer.Index;

/// <summary>A command whose reply is the next line, whatever it says.</summary>
internal sealed class LineExchange<TCommand>(TCommand command, TimeSpan timeout) : IndexExchange<ReadOnlyMemory<byte>>
    where TCommand : struct, IMessage<TCommand>
{
    protected override ReplyDeadline Deadline => new(timeout);

    public override void WriteTo(IBufferWriter<byte> output) => command.WriteTo(output);

    protected override bool TryComplete(ReadOnlyMemory<byte> line, out ReadOnlyMemory<byte> reply)
    {
        reply = line;
        return true;
    }
}
