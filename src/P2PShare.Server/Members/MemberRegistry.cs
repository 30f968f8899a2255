using System.Collections.Frozen;
using System.Security.Cryptography;
using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Server.Members;

/// <summary>
/// The members of a running private server, as their file has them, and the certificates that they show to each other. The server is
/// the one authority: its own key signs.
/// </summary>
/// <param name="file">Changed by this server and by the commands beside it.</param>
/// <param name="key">The server's key.</param>
/// <param name="time">The clock of invitations and certificates.</param>
/// <param name="log">Where a broken file is told.</param>
/// <param name="shared">Decides who joins a private cluster; null where the server is in none.</param>
internal sealed class MemberRegistry(MemberFile file, ProgramKey key, TimeProvider time, ILogger log, SharedMembers? shared = null)
{
    /// <summary>A member that was revoked is served by its peers for so long.</summary>
    public static readonly TimeSpan CertificateLife = TimeSpan.FromMinutes(10);

    // The clocks of two members need not agree to the second.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(0.5);

    private readonly Lock _reading = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<KeyFingerprint, HashSet<TrackedSession>> _sessions = [];
    private (DateTime, long) _stamp;
    private FrozenDictionary<KeyFingerprint, Member> _members = FrozenDictionary<KeyFingerprint, Member>.Empty;

    /// <summary>Reads the file for the first time.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    /// <exception cref="InvalidDataException">The file is no list of members.</exception>
    public void Load()
    {
        // Without the lock, a thread that read an older list could put it in the place of a newer one.
        lock (_reading)
            Take(file.Stamp, file.Read());
    }

    /// <summary>Null where the key is no member's.</summary>
    public Member? Find(KeyFingerprint key) => Volatile.Read(ref _members).GetValueOrDefault(key);

    /// <summary>The member list of the cluster that the server is in; null where it is in none.</summary>
    public SharedMembers? Shared => shared;

    /// <summary>Uses an invitation: the key is a member's when this returns, also if the machine stops now.</summary>
    /// <returns>Null where no open invitation has this secret and this name.</returns>
    /// <exception cref="IOException">The file cannot be changed, or the cluster cannot be asked.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be changed.</exception>
    /// <exception cref="InvalidDataException">The file is no list of members.</exception>
    public async Task<Member?> JoinAsync(
        InvitationSecret secret, UserName user, KeyFingerprint newKey, CancellationToken cancellation)
    {
        var isJoined = shared is null
            ? file.TryChange(Join)
            : await shared.TryChangeAsync(Join, cancellation);
        if (!isJoined)
            return null;
        Load();
        return Find(newKey);

        MemberList? Join(MemberList list) => list.Join(secret, user, newKey, time.GetUtcNow());
    }

    /// <summary>
    /// Whether the list of a private cluster, as this server knows it, has this open invitation. False where it is in none.
    /// </summary>
    public bool HasInvitation(InvitationSecret secret, UserName user)
    {
        try
        {
            return shared is not null && file.Read().FindInvitation(secret, user, time.GetUtcNow()) is not null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Has a session ended when its member is revoked, at once where it is none any more.</summary>
    /// <returns>To be disposed of when the session ends.</returns>
    public IDisposable Track(Member member, Action end)
    {
        var session = new TrackedSession(this, member.Key, end);
        lock (_lock)
        {
            if (Find(member.Key) is not null)
            {
                if (!_sessions.TryGetValue(member.Key, out var sessions))
                    _sessions[member.Key] = sessions = [];
                sessions.Add(session);
                return session;
            }
        }

        end();
        return session;
    }

    /// <summary>Whether a SubjectPublicKeyInfo in DER, which a client sent, is this member's key.</summary>
    public static bool IsKeyOf(Member member, ReadOnlySpan<byte> publicKey) =>
        KeyFingerprint.OfHash(SHA256.HashData(publicKey)) == member.Key;

    /// <summary>Makes a certificate for a member's key.</summary>
    /// <param name="publicKey">A SubjectPublicKeyInfo in DER, which <see cref="IsKeyOf"/> found to be the member's.</param>
    public CertificateReply Certify(ReadOnlySpan<byte> publicKey)
    {
        var now = time.GetUtcNow();
        using var certificate = key.Sign(publicKey, now - ClockTolerance, now + CertificateLife);
        return new CertificateReply(now, certificate.RawData, key.Certificate.RawData);
    }

    /// <summary>Follows the file until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(BetweenLooks, time);
        if (shared is not null)
            shared.Changed = Look;
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
                Look();
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private void Look()
    {
        lock (_reading)
        {
            var stamp = file.Stamp;
            if (stamp == _stamp)
                return;
            try
            {
                Take(stamp, file.Read());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                _stamp = stamp;
                log.Error("the members are as they were: {Reason:l}", e.Message);
            }
        }
    }

    private void Take((DateTime, long) stamp, MemberList list)
    {
        List<TrackedSession> ended = [];
        lock (_lock)
        {
            _stamp = stamp;
            Volatile.Write(ref _members, list.Members.ToFrozenDictionary(member => member.Key));
            foreach (var (memberKey, sessions) in _sessions)
            {
                if (Find(memberKey) is null)
                    ended.AddRange(sessions);
            }
        }

        ended.ForEach(session => session.End());
    }

    private void Forget(TrackedSession session)
    {
        lock (_lock)
        {
            if (_sessions.TryGetValue(session.Key, out var sessions) && sessions.Remove(session) && sessions.Count == 0)
                _sessions.Remove(session.Key);
        }
    }

    private sealed class TrackedSession(MemberRegistry all, KeyFingerprint key, Action end) : IDisposable
    {
        public KeyFingerprint Key { get; } = key;

        public void End() => end();

        public void Dispose() => all.Forget(this);
    }
}
