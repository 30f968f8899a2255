using System.Net;
using System.Net.Sockets;

namespace P2PShare.Server.Guards;

/// <summary>Counts the connections in all and from each address, and says when there are enough.</summary>
/// <param name="most">Connections in all.</param>
/// <param name="mostPerAddress">From one IPv4 address, or one IPv6 /64, which is what one house is given.</param>
internal sealed class Admission(int most, int mostPerAddress)
{
    private const int PrefixBytes = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private int _total;

    /// <summary>Null where the connection may stay, which the caller ends with <see cref="Leave"/>; else why it may not.</summary>
    public string? WhyRefused(IPAddress address)
    {
        var house = HouseOf(address);
        lock (_lock)
        {
            var fromThere = _perAddress.GetValueOrDefault(house);
            if (_total >= most)
                return "too many connections";
            if (fromThere >= mostPerAddress)
                return "too many connections from this address";
            _perAddress[house] = fromThere + 1;
            _total++;
            return null;
        }
    }

    public void Leave(IPAddress address)
    {
        var house = HouseOf(address);
        lock (_lock)
        {
            _total--;
            if (--_perAddress[house] == 0)
                _perAddress.Remove(house);
        }
    }

    private static IPAddress HouseOf(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[PrefixBytes..].Clear();
        return new IPAddress(bytes);
    }
}
