using System.Net;
using System.Net.Sockets;

namespace P2PShare.Networking;

/// <summary>The address under which a rate limit counts a remote host.</summary>
public static class RateLimitKey
{
    private const int PrefixBytes = 8;

    /// <summary>
    /// The whole of an IPv4 address; the /64 prefix of an IPv6 address, because a subscriber is given at least that much (RFC 6177).
    /// </summary>
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
