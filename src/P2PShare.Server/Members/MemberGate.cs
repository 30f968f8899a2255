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
    private const string Undecided =
        "the server cannot reach the other servers of its cluster, which decide together who joins; the invitation stays good";

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
        else if (await JoinAsync(join, key, log, cancellation) is not { } reply)
            refusals.Write(log, "no such invitation, or it was used or has expired", () => "JOIN");
        else
            await AnswerAsync(connection, channel, reply, cancellation);
        return null;
    }

    private async Task AnswerAsync(Connection connection, LineChannel channel, StatusReply reply, CancellationToken cancellation)
    {
        reply.WriteTo(channel);
        await LingeringClose.RunAsync(connection, channel, time, cancellation);
    }

    // Null where nothing is answered.
    private async Task<StatusReply?> JoinAsync(Join join, KeyFingerprint key, ILogger log, CancellationToken cancellation)
    {
        try
        {
            if (await Members.JoinAsync(join.Secret, join.User, key, cancellation) is null)
                return null;
            log.Information("{User:l} has joined with the key {Key:l}", Printable.Of(join.User.Text), key.Grouped);
            return new StatusReply(Verb.Join, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            log.Error("an invitation cannot be used: {Reason:l}", e.Message);

            // Who was not invited learns nothing from this, either.
            return Members.HasInvitation(join.Secret, join.User) ? new StatusReply(Verb.Join, Undecided) : null;
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
