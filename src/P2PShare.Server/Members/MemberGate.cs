using P2PShare.Networking;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;
using P2PShare.Protocol.Transport;
using P2PShare.Server.Guards;
using Serilog;

namespace P2PShare.Server.Members;

/// <summary>
/// Lets the members of a private server in. A stranger may show an invitation (PROTOCOL.md, section 5.4); whatever else it sends, the
/// connection is closed without an answer, so that it learns nothing.
/// </summary>
internal sealed class MemberGate(MemberRegistry members, TimeProvider time)
{
    private readonly JoinRate _rate = new(time);

    public MemberRegistry Members { get; } = members;

    /// <summary>Returns the member whose key the connection proved; null where the connection was closed.</summary>
    /// <param name="connection">In TLS.</param>
    /// <param name="refusals">Where refused strangers are logged.</param>
    /// <param name="log">The session's log.</param>
    /// <param name="cancellation">Stops the server.</param>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<Member?> AdmitAsync(Connection connection, RefusalLog refusals, ILogger log, CancellationToken cancellation)
    {
        if (connection.RemoteKey is not { } key)
        {
            refusals.Write(log, "no key, where members have one", () => "connection");
            return null;
        }

        if (Members.Find(key) is { } member)
            return member;
        await using var channel = new LineChannel(connection.Stream);
        if (await ReadInvitationAsync(channel, cancellation) is not { } join)
            refusals.Write(log, "not a member", () => "connection");
        else if (!_rate.TryTake(connection.Remote.Address))
            refusals.Write(log, "too many invitations tried from this address", () => "JOIN");
        else if (!await TryJoinAsync(join, key, log, cancellation))
            refusals.Write(log, "no such invitation, or it was used or has expired", () => "JOIN");
        else
            await AnswerAsync(connection, channel, cancellation);
        return null;
    }

    private async Task AnswerAsync(Connection connection, LineChannel channel, CancellationToken cancellation)
    {
        new StatusReply(Verb.Join, null).WriteTo(channel);
        await LingeringClose.RunAsync(connection, channel, time, cancellation);
    }

    private async Task<bool> TryJoinAsync(Join join, KeyFingerprint key, ILogger log, CancellationToken cancellation)
    {
        try
        {
            if (await Members.JoinAsync(join.Secret, join.User, key, cancellation) is null)
                return false;
            log.Information("{User:l} has joined with the key {Key:l}", Printable.Of(join.User.Text), key.Grouped);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            log.Error("an invitation cannot be used: {Reason:l}", e.Message);
            return false;
        }
    }

    private async Task<Join?> ReadInvitationAsync(LineChannel channel, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(Limits.HandshakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            return await channel.ReadLineAsync(either.Token) is { } line
                && Verbs.Split(line, out var arguments) == Verb.Join
                && Join.TryParse(arguments, out var join, out _)
                ? join
                : null;
        }
        catch (Exception e) when (e is LineTooLongException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
