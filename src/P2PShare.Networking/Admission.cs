using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace P2PShare.Networking;

/// <summary>Bounds the number of connections, in all and from one address.</summary>
/// <param name="maxConnections">Connections in all.</param>
/// <param name="maxPerAddress">Connections from one <see cref="RateLimitKey"/>.</param>
public sealed class Admission(int maxConnections, int maxPerAddress)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private int _total;

    /// <summary>The connections that were admitted and have not left.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _total;
        }
    }

    /// <summary>Counts a connection, which the caller gives back with <see cref="Leave"/>; or counts nothing and says why.</summary>
    public bool TryAdmit(IPAddress address, [NotNullWhen(false)] out string? refusal)
    {
        var key = RateLimitKey.Of(address);
        lock (_lock)
        {
            var fromKey = _perAddress.GetValueOrDefault(key);
            refusal = _total >= maxConnections ? "too many connections"
                : fromKey >= maxPerAddress ? "too many connections from this address"
                : null;
            if (refusal is not null)
                return false;
            _perAddress[key] = fromKey + 1;
            _total++;
            return true;
        }
    }

    /// <summary>Gives back the place of a connection that was admitted.</summary>
    public void Leave(IPAddress address)
    {
        var key = RateLimitKey.Of(address);
        lock (_lock)
        {
            _total--;
            var remaining = _perAddress[key] - 1;
            if (remaining == 0)
                _perAddress.Remove(key);
            else
                _perAddress[key] = remaining;
        }
    }
}
