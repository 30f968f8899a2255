using System.Buffers;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Peer.Index;

/// <summary>
/// A command that is answered OK, FAIL or ERROR. The reply is null for OK, or the reason of FAIL or ERROR, which is untrusted text.
/// Other lines are skipped. A plain server gets 1 s; its silence counts as OK.
/// </summary>
internal sealed class StatusExchange<TCommand>(TCommand command, bool isPlain) : IndexExchange<string?>
    where TCommand : struct, IMessage<TCommand>
{
    protected override ReplyDeadline Deadline => new(isPlain ? IndexLimits.PlainReplyTimeout : IndexLimits.ServerSilence);

    public override void WriteTo(IBufferWriter<byte> output) => command.WriteTo(output);

    protected override bool TryComplete(ReadOnlyMemory<byte> line, out string? reply)
    {
        var isStatus = StatusReply.TryParse(TCommand.Verb, line.Span, out var status);
        reply = status.Refusal;
        return isStatus;
    }

    protected override string? OnTimeout() => isPlain ? null : base.OnTimeout();
}
