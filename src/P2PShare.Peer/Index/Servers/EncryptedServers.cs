using System.Net;
using System.Net.Sockets;
using P2PShare.Networking;
using P2PShare.Networking.Security;
using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Index.Servers;

/// <summary>
/// Connects to servers in TLS where they speak it (PROTOCOL.md, section 2.1). The key of a server that is met for the first time is
/// remembered; from then on that server is only talked to in TLS, and only with that key.
/// </summary>
/// <param name="dial">Makes connections in clear text.</param>
/// <param name="tls">Does the handshakes; null where this client does not encrypt.</param>
/// <param name="known">The servers that were met before.</param>
/// <param name="pinned">The key that the server must have, known from elsewhere; or null.</param>
/// <param name="invitation">To a private server, to be used where this client is no member yet; or null.</param>
internal sealed class EncryptedServers(
    Dial dial, TlsDialer? tls, KnownServers known, KeyFingerprint? pinned, Invitation? invitation = null)
{
    // The key that the user gave; it need not be a known one.
    private readonly KeyFingerprint? _given = invitation?.Server ?? pinned;

    /// <summary>A server was met for the first time: its address and its key.</summary>
    public event Action<string, KeyFingerprint>? Met;

    /// <summary>The list of known servers could not be kept: the reason.</summary>
    public event Action<string>? NotRemembered;

    /// <summary>Connects, in TLS where the server speaks it.</summary>
    /// <param name="server">The server's address.</param>
    /// <param name="open">Does the protocol's handshake over connections of a dial; with true, not where the server offers TLS.</param>
    /// <param name="cancellation">Stops connecting.</param>
    /// <exception cref="ServerKeyChangedException">The server has another key than before.</exception>
    /// <exception cref="EncryptionLostException">The server spoke TLS before, and does not now; or this client does not.</exception>
    /// <exception cref="ServerBusyException">The server is full.</exception>
    /// <exception cref="IOException">As <paramref name="open"/>, or the list of known servers cannot be read.</exception>
    public async Task<IndexConnection> OpenAsync(
        EndPoint server, Func<Dial, bool, Task<IndexConnection>> open, CancellationToken cancellation)
    {
        var name = ServerAddress.Format(server);
        if ((_given ?? known.Find(name)) is { } expected)
            return await OpenKnownAsync(server, expected, isLearned: false, open, cancellation);
        if (tls is null)
            return await open(dial, false);
        try
        {
            return await open(dial, true);
        }
        catch (TlsOfferedException)
        {
            return await MeetAsync(name, open, isTlsOffered: true);
        }
        catch (VersionRefusedException)
        {
            // A server that requires TLS refuses clear text like this, and a program of another kind, too.
            return await MeetAsync(name, open, isTlsOffered: false);
        }
    }

    /// <summary>
    /// The same for a server that may be a learned one. A learned server must have the key that the other server said, whatever key the
    /// user gave. That key is not remembered, because nobody compared it; where another one is remembered, the server is refused.
    /// </summary>
    /// <inheritdoc cref="OpenAsync(EndPoint, Func{Dial, bool, Task{IndexConnection}}, CancellationToken)"/>
    public async Task<IndexConnection> OpenAsync(
        ServerCandidate server, Func<Dial, bool, Task<IndexConnection>> open, CancellationToken cancellation)
    {
        var name = ServerAddress.Format(server.Address);
        if (server.Key is not { } key)
        {
            return server.IsLearned && _given is not null
                ? throw new EncryptionLostException(name, "the server that named it said that it does not encrypt")
                : await OpenAsync(server.Address, open, cancellation);
        }

        return known.Find(name) is { } other && other != key
            ? throw new ServerKeyChangedException(name, other, key)
            : await OpenKnownAsync(server.Address, key, isLearned: true, open, cancellation);
    }

    private async Task<IndexConnection> OpenKnownAsync(
        EndPoint server,
        KeyFingerprint expected,
        bool isLearned,
        Func<Dial, bool, Task<IndexConnection>> open,
        CancellationToken cancellation)
    {
        var name = ServerAddress.Format(server);
        if (tls is null)
            throw new EncryptionLostException(name, "this client was started with --no-encryption");
        var secured = Secured(tls, key => key == expected);
        try
        {
            // An invitation is a secret of the server that gave it.
            if (isLearned)
                return await open(secured, false);
            var connection = await OpenAsMemberAsync(server, secured, open, cancellation);
            if (_given is not null)
                Remember(name, expected);
            return connection;
        }
        catch (WrongKeyException e)
        {
            throw new ServerKeyChangedException(name, expected, e.Key);
        }
        catch (TlsException e)
        {
            throw new EncryptionLostException(name, e.Message);
        }
    }

    private async Task<IndexConnection> OpenAsMemberAsync(
        EndPoint server, Dial secured, Func<Dial, bool, Task<IndexConnection>> open, CancellationToken cancellation)
    {
        try
        {
            return await open(secured, false);
        }
        catch (NotAMemberException) when (invitation is not null)
        {
            await invitation.UseAsync(secured, server, cancellation);
            return await open(secured, false);
        }
    }

    private async Task<IndexConnection> MeetAsync(
        string name, Func<Dial, bool, Task<IndexConnection>> open, bool isTlsOffered)
    {
        KeyFingerprint? met = null;
        IndexConnection connection;
        try
        {
            connection = await open(
                Secured(tls!, key =>
                {
                    met = key;
                    return true;
                }),
                false);
        }
        catch (Exception e) when (met is null && !isTlsOffered && e is (IOException or SocketException) and not ServerBusyException)
        {
            throw new VersionRefusedException();
        }

        var remembered = Remember(name, met!);
        if (remembered != met)
        {
            // Another client of this user met the server at the same time, and somebody else answered it.
            await connection.DisposeAsync();
            throw new ServerKeyChangedException(name, remembered, met!);
        }

        Met?.Invoke(name, met);
        return connection;
    }

    // The key that is known from now on.
    private KeyFingerprint Remember(string name, KeyFingerprint key)
    {
        try
        {
            return known.Find(name) ?? known.Remember(name, key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NotRemembered?.Invoke(e.Message);
            return key;
        }
    }

    // A full server answers BUSY in clear text, whatever the client speaks. Somebody on the way who answers so wins nothing by it.
    private Dial Secured(TlsDialer dialer, Func<KeyFingerprint, bool> isExpected) => async (to, cancellation) =>
    {
        try
        {
            return await dialer.SecureAsync(await dial(to, cancellation), isExpected, cancellation);
        }
        catch (TlsException e) when (VersionReply.Parse(e.ClearText.Span) is { BusySeconds: > 0 } reply)
        {
            throw new ServerBusyException(reply.BusySeconds);
        }
    };
}
