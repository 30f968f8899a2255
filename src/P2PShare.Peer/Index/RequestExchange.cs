using System.Buffers;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Index;

/// <summary>REQUEST, answered FOUND or NOT_FOUND: one owner, or null. Other lines are skipped.</summary>
/// <exception cref="ServerRefusedException">A server with features answered ERROR.</exception>
/// <exception cref="InvalidOwnerException">FOUND, with an address that no peer can have.</exception>
internal sealed class RequestExchange(FileName name, bool isPlain) : IndexExchange<PeerAddress?>
{
    private bool _isOwnerInvalid;

    // A plain server's stray line may begin with FOUND, too, with the reply right behind it.
    protected override ReplyDeadline Deadline => new(_isOwnerInvalid ? IndexLimits.PlainReplyTimeout : IndexLimits.ServerSilence);

    public override void WriteTo(IBufferWriter<byte> output) => new Request(name).WriteTo(output);

    protected override bool TryComplete(ReadOnlyMemory<byte> line, out PeerAddress? reply)
    {
        var isReply = FoundReply.TryParse(line, out var found);
        reply = found.Owner;
        if (isReply)
            return true;
        _isOwnerInvalid |= FoundReply.IsFound(line.Span);
        if (!isPlain)
            ServerRefusedException.ThrowIfError(line.Span);
        return false;
    }

    protected override PeerAddress? OnTimeout() => _isOwnerInvalid ? throw new InvalidOwnerException() : base.OnTimeout();
}
