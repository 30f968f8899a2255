using P2PShare.Client.Cli;
using P2PShare.Networking;
using P2PShare.Networking.Security;
using P2PShare.Networking.Security.Identities;
using P2PShare.Peer.Index;
using P2PShare.Peer.Index.Servers;
using P2PShare.Peer.Peers;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Client;

/// <summary>This client's key, and who is talked to in TLS with it: servers, owners and requesters.</summary>
internal sealed class ClientSecurity : IDisposable
{
    private readonly Dial _dial;
    private readonly TimeProvider _time;
    private readonly ProgramKey? _key;

    // What other peers see; null where this client does not encrypt.
    private readonly MemberIdentity? _identity;

    private ClientSecurity(ProgramKey? key, ClientOptions options, Dial dial, TimeProvider time)
    {
        (_key, _dial, _time) = (key, dial, time);
        if (key is not null)
        {
            _identity = new MemberIdentity(key, time);
            Acceptor = new TlsAcceptor(_identity, Limits.HandshakeTimeout, time);
        }

        Servers = new EncryptedServers(
            dial,
            key is null ? null : new TlsDialer(new OpenIdentity(key), Limits.HandshakeTimeout, time),
            new KnownServers(UserFolders.KnownServersFile),
            options.ServerKey,
            options.Invitation is { } code ? new Invitation(code, options.User, time) : null);
    }

    /// <summary>The fingerprint of this client's key; null where it does not encrypt.</summary>
    public KeyFingerprint? OwnKey => _key?.Fingerprint;

    /// <summary>Connects to servers.</summary>
    public EncryptedServers Servers { get; }

    /// <summary>Does the handshakes of connections to this client; null where it does not encrypt.</summary>
    public TlsAcceptor? Acceptor { get; }

    /// <summary>Reads this client's key, or makes one at the first start.</summary>
    /// <param name="options">The arguments.</param>
    /// <param name="dial">Makes connections in clear text.</param>
    /// <param name="time">The clock of every time-out.</param>
    /// <exception cref="IOException">The key cannot be read or kept.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    /// <exception cref="InvalidDataException">The key's file is none.</exception>
    public static ClientSecurity Open(ClientOptions options, Dial dial, TimeProvider time)
    {
        var key = options.Encrypts ? ProgramKey.LoadOrCreate(UserFolders.KeyFile) : null;
        return new ClientSecurity(key, options, dial, time);
    }

    /// <summary>Connects to owners, in TLS to those whose key the server names.</summary>
    public Dial DialOwners(IndexClient index) => _identity is null
        ? _dial
        : new OwnerDialer(_dial, new TlsDialer(_identity, Limits.HandshakeTimeout, _time), index.KeysOfAsync, _time).ConnectAsync;

    /// <summary>Keeps the certificate of a member of a private server; null where this client does not encrypt.</summary>
    public MembershipRenewal? RenewalOf(IndexClient index, ILogger log) => _identity is null
        ? null
        : new MembershipRenewal(index, _key!, _identity, _time, log);

    public void Dispose() => _key?.Dispose();
}
