using P2PShare.Networking.Security;
using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Configuration;
using P2PShare.Server.Guards;
using P2PShare.Server.Members;
using P2PShare.Server.Output;
using Serilog;

namespace P2PShare.Server;

/// <summary>The server's key, what it demands of connections and, where it is private, its members.</summary>
internal sealed class ServerSecurity : IDisposable
{
    private readonly ProgramKey? _key;

    private ServerSecurity(ProgramKey? key, MemberGate? gate, bool isTlsRequired)
    {
        _key = key;
        Gate = gate;
        var tls = key is null ? null : new TlsAcceptor(new OpenIdentity(key), Limits.HandshakeTimeout, TimeProvider.System);
        Connections = new ConnectionSecurity(tls, isTlsRequired, TimeProvider.System);
    }

    public ConnectionSecurity Connections { get; }

    /// <summary>Null where the server is not private.</summary>
    public MemberGate? Gate { get; }

    /// <summary>By which clients know the server; null where it does not encrypt.</summary>
    public KeyFingerprint? Key => _key?.Fingerprint;

    /// <summary>The same in groups.</summary>
    public string? Fingerprint => _key?.Fingerprint.Grouped;

    /// <param name="options">The command line.</param>
    /// <param name="log">Where later faults are told.</param>
    /// <exception cref="ServerFailureException">The key or the members cannot be read or kept, or the system cannot encrypt.</exception>
    public static ServerSecurity Open(ServerOptions options, ILogger log)
    {
        // NATS may show a certificate of an issuer, also where the URL does not ask for it.
        if (options.Cluster is not null)
            SystemTrust.Keep();
        if (!options.OffersTls)
            return new ServerSecurity(null, null, false);
        if (ServerKey.Open(options.StateFolder, out var problem) is not { } key)
            throw new ServerFailureException(new ServerFailure(ExitCodes.Failed, FailureCodes.KeyFailed, problem!));
        try
        {
            return new ServerSecurity(key, options.IsPrivate ? OpenGate(options, key, log) : null, options.RequiresTls);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            key.Dispose();
            var message = $"cannot read the members: {e.Message}. Mend the file, or name another folder with --state DIR.";
            throw new ServerFailureException(new ServerFailure(ExitCodes.Failed, FailureCodes.MembersFailed, message));
        }
    }

    /// <summary>Follows the members until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => Gate?.Members.RunAsync(cancellation) ?? Task.CompletedTask;

    public void Dispose() => _key?.Dispose();

    private static MemberGate OpenGate(ServerOptions options, ProgramKey key, ILogger log)
    {
        var file = new MemberFile(options.StateFolder);
        var shared = options.Cluster is null ? null : new SharedMembers(file, key, TimeProvider.System, log);
        var members = new MemberRegistry(file, key, TimeProvider.System, log, shared);
        members.Load();
        return new MemberGate(members, TimeProvider.System);
    }
}
