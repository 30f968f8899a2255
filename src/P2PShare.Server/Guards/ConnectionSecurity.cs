using P2PShare.Networking;
using P2PShare.Networking.Security;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Transport;
using Serilog;

namespace P2PShare.Server.Guards;

/// <summary>What the server demands of a connection before its first line (PROTOCOL.md, section 2.1).</summary>
/// <param name="tls">Does the handshakes; null where the server speaks clear text only.</param>
/// <param name="isRequired">Connections in clear text are refused.</param>
/// <param name="time">The clock of every time-out.</param>
internal sealed class ConnectionSecurity(TlsAcceptor? tls, bool isRequired, TimeProvider time)
{
    private const string HandshakeFailed = "TLS handshake failed";
    private const string ClearTextRefused = "clear text, where encryption is required";

    /// <summary>The features that the server names because of it.</summary>
    public Features Features => tls is null ? Features.None : Features.Tls;

    /// <summary>Returns the connection, in TLS where the client speaks it; null where it was refused and closed.</summary>
    /// <param name="connection">Owned by the result.</param>
    /// <param name="refusals">Where refused connections are logged.</param>
    /// <param name="log">The session's log.</param>
    /// <param name="cancellation">Stops the server.</param>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<Connection?> AdmitAsync(
        Connection connection, RefusalLog refusals, ILogger log, CancellationToken cancellation)
    {
        if (tls is null)
            return connection;
        try
        {
            var accepted = await tls.AcceptAsync(connection, cancellation);
            if (accepted.IsEncrypted || !isRequired)
                return accepted;
        }
        catch (TlsException e)
        {
            refusals.Write(log, HandshakeFailed, () => e.Message);
            return null;
        }

        refusals.Write(log, ClearTextRefused, () => "connection");
        await using var channel = new LineChannel(connection.Stream);
        VersionReply.Fail.WriteTo(channel);
        FixedReplies.WriteError(channel, FixedReplies.EncryptionRequired);
        await LingeringClose.RunAsync(connection, channel, time, cancellation);
        return null;
    }
}
