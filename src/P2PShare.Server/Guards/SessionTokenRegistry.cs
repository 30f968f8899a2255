using System.Collections.Concurrent;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Guards;

/// <summary>
/// The current session of each client that sent RESUME, by the secret token that only this client knows. A client that reconnects ends
/// its older session with it.
/// </summary>
internal sealed class SessionTokenRegistry
{
    private readonly ConcurrentDictionary<SessionToken, Registration> _current = new();

    /// <summary>Makes a session the current one of a token, and supersedes the one before it.</summary>
    /// <param name="token">The client's.</param>
    /// <param name="supersede">Ends this session; called when another one is registered with the token.</param>
    /// <returns>To be disposed of when the session ends.</returns>
    public IDisposable Register(SessionToken token, Action supersede)
    {
        var registration = new Registration(this, token, supersede);
        Registration? older = null;
        _current.AddOrUpdate(token, registration, (_, before) =>
        {
            older = before;
            return registration;
        });
        older?.Supersede();
        return registration;
    }

    private sealed class Registration(SessionTokenRegistry all, SessionToken token, Action supersede) : IDisposable
    {
        public void Supersede() => supersede();

        public void Dispose() => all._current.TryRemove(KeyValuePair.Create(token, this));
    }
}
