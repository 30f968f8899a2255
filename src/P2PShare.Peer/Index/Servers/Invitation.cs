using System.Net;
using P2PShare.Networking;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Transport;

namespace P2PShare.Peer.Index.Servers;

/// <summary>An invitation to a private server, and the name that it is for.</summary>
/// <param name="code">What the server's owner gave.</param>
/// <param name="user">This client's user.</param>
/// <param name="time">The clock of every time-out.</param>
internal sealed class Invitation(InvitationCode code, UserName user, TimeProvider time)
{
    /// <summary>The server that it is from.</summary>
    public KeyFingerprint Server => code.Server;

    /// <summary>Uses it, on a connection of its own: the key of this client is a member's then.</summary>
    /// <param name="dial">Connects in TLS, to the key of <see cref="Server"/>.</param>
    /// <param name="server">The server's address.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="InvitationRefusedException">It was used, has expired, or is for another name; or the server says why.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task UseAsync(Dial dial, EndPoint server, CancellationToken cancellation)
    {
        using var expired = new CancellationTokenSource(Limits.HandshakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expired.Token, cancellation);
        await using var channel = new LineChannel((await dial(server, cancellation)).Stream);
        try
        {
            new Join(code.Secret, user).WriteTo(channel);
            await channel.FlushAsync(either.Token);
            if (await channel.ReadLineAsync(either.Token) is not { } line
                || !StatusReply.TryParse(Verb.Join, line.Span, out var reply))
                throw new InvitationRefusedException();
            if (reply.Refusal is { } reason)
                throw new InvitationRefusedException(reason);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ServerTimeoutException();
        }
    }
}
