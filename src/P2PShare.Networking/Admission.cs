using System.Net;

namespace P2PShare.Networking;

/// <summary>Counts the connections in all and from each address, and says when there are enough.</summary>
/// <param name="most">Connections in all.</param>
/// <param name="mostPerAddress">From one <see cref="RateLimitKey"/>.</param>
public sealed class Admission(int most, int mostPerAddress)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private int _total;

    /// <summary>Null where the connection may stay, which the caller ends with <see cref="Leave"/>; else why it may not.</summary>
    public string? WhyRefused(IPAddress address)
    {
        var key = RateLimitKey.Of(address);
        lock (_lock)
        {
            var fromThere = _perAddress.GetValueOrDefault(key);
            if (_total >= most)
                return "too many connections";
            if (fromThere >= mostPerAddress)
                return "too many connections from this address";
            _perAddress[key] = fromThere + 1;
            _total++;
            return null;
        }
    }

    public void Leave(IPAddress address)
    {
        var key = RateLimitKey.Of(address);
        lock (_lock)
        {
            _total--;
            if (--_perAddress[key] == 0)
                _perAddress.Remove(key);
        }
    }
}
