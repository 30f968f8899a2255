using System.Net;
using System.Net.Sockets;

namespace P2PShare.Networking;

/// <summary>Who counts as one stranger, when something is shared out among strangers.</summary>
public static class RateLimitKey
{
    private const int PrefixBytes = 8;

    /// <summary>An IPv4 address as it is; of an IPv6 one its /64, which is the least that one house is given.</summary>
    public static IPAddress Of(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[PrefixBytes..].Clear();
        return new IPAddress(bytes);
    }
}
