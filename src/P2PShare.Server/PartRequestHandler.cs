using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry;
using Serilog;
using Serilog.Events;

namespace P2PShare.Server;

/// <summary>Executes the commands of one session about parts (PROTOCOL.md, section 5.2).</summary>
/// <param name="owner">The session's number: it owns the parts that are announced here.</param>
/// <param name="presence">What WHOIS shows of this session, with the address of the connection.</param>
/// <param name="parts">Who has a part of which content.</param>
/// <param name="log">Adds the session to each event.</param>
internal sealed class PartRequestHandler(long owner, SessionPresence presence, IPartRegistry parts, ILogger log)
{
    public bool TryShare(ReadOnlyMemory<byte> arguments, [NotNullWhen(false)] out string? refusal)
    {
        if (!SharePart.TryParse(arguments, out var share, out refusal))
            return false;
        refusal = parts.PutPart(owner, share.Identity.Id, PeerAddress.Create(presence.Ip, share.Port)).Refusal();
        if (refusal is null)
            presence.Announced(share.Port);
        if (refusal is null && log.IsEnabled(LogEventLevel.Debug))
            log.Debug("shared a part of {Id:l} on port {Port}", share.Identity.Id.Short, share.Port);
        return refusal is null;
    }

    /// <param name="arguments">What follows the verb.</param>
    /// <param name="output">Where the reply is composed.</param>
    /// <param name="removed">Whether there was such a part.</param>
    /// <param name="error">Why the line is refused.</param>
    public bool TryWithdraw(
        ReadOnlyMemory<byte> arguments, IBufferWriter<byte> output, out bool removed, [NotNullWhen(false)] out string? error)
    {
        removed = false;
        if (!WithdrawPart.TryParse(arguments, out var withdraw, out error))
            return false;
        removed = parts.RemovePart(owner, withdraw.Id);
        if (removed)
            new StatusReply(Verb.WithdrawPart, null).WriteTo(output);
        else
            FixedReplies.Write(output, FixedReplies.NotFound);
        if (removed && log.IsEnabled(LogEventLevel.Debug))
            log.Debug("withdrew its part of {Id:l}", withdraw.Id.Short);
        return true;
    }

    public bool TryLocate(ReadOnlyMemory<byte> arguments, IBufferWriter<byte> output, [NotNullWhen(false)] out string? error)
    {
        if (!LocatePeers.TryParse(arguments, out var locate, out error))
            return false;
        Span<FoundPeer> found = stackalloc FoundPeer[Limits.MaxLocatedOwners];
        found = found[..parts.FindPeers(locate.Id, found)];
        foreach (ref readonly var peer in found)
            PeerRow.Write(output, peer.IsWhole, peer.Address);
        FixedReplies.Write(output, FixedReplies.LocatePeersEnd);
        return true;
    }
}
