using System.Collections.Concurrent;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Guards;

/// <summary>Which session is whose, by the secret that only its client knows: how a client that came back ends what it left behind.</summary>
internal sealed class SessionTokenRegistry
{
    private readonly ConcurrentDictionary<SessionToken, Claim> _claims = new();

    /// <summary>Makes a session the token's one; the one that was it before is told so.</summary>
    /// <param name="token">What the client gave.</param>
    /// <param name="supersede">Ends this session when another makes the claim.</param>
    /// <returns>Disposed when the session ends.</returns>
    public IDisposable Make(SessionToken token, Action supersede)
    {
        var claim = new Claim(this, token, supersede);
        Claim? older = null;
        _claims.AddOrUpdate(token, claim, (_, before) =>
        {
            older = before;
            return claim;
        });
        older?.Supersede();
        return claim;
    }

    private sealed class Claim(SessionTokenRegistry all, SessionToken token, Action supersede) : IDisposable
    {
        public void Supersede() => supersede();

        public void Dispose() => all._claims.TryRemove(KeyValuePair.Create(token, this));
    }
}
