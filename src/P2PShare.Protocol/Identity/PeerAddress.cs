using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Identity;

/// <summary>Where a peer listens: the address of a single host and a port in 1..65535. IPv4-mapped IPv6 addresses become IPv4.</summary>
public readonly record struct PeerAddress
{
    public const int MinPort = 1;
    public const int MaxPort = 65535;

    /// <summary>Bytes of the longest <c>ip port</c>: an IPv6 address that ends in an IPv4 address.</summary>
    internal const int MaxBytes = MaxIpBytes + 1 + 5;

    private const int MaxIpBytes = 45;

    private PeerAddress(IPAddress ip, int port) => (Ip, Port) = (ip, port);

    public IPAddress Ip { get; }

    public int Port { get; }

    /// <exception cref="ArgumentOutOfRangeException">The port is outside 1..65535.</exception>
    public static PeerAddress Create(IPAddress ip, int port)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(port, MinPort);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, MaxPort);
        return new PeerAddress(Canonical(ip), port);
    }

    /// <summary>Maps IPv4-mapped addresses to IPv4 and drops an IPv6 scope, which has no meaning on another host.</summary>
    public static IPAddress Canonical(IPAddress ip)
    {
        if (ip.IsIPv4MappedToIPv6)
            return ip.MapToIPv4();
        return ip.AddressFamily == AddressFamily.InterNetworkV6 && ip.ScopeId != 0 ? new IPAddress(ip.GetAddressBytes()) : ip;
    }

    /// <summary>
    /// Parses the two words <c>ip port</c>. False for addresses that no single host has (unspecified, broadcast, multicast) and for
    /// short forms (<c>127.1</c>), which programs read differently.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> ip, ReadOnlySpan<byte> port, out PeerAddress address)
    {
        address = default;
        if (!TryParsePort(port, out var number) || !TryParseIp(ip, out var parsed))
            return false;
        address = Create(parsed, number);
        return true;
    }

    /// <summary>Accepts digits only, 1..65535.</summary>
    public static bool TryParsePort(ReadOnlySpan<byte> digits, out int port) =>
        DecimalDigits.TryParse(digits, MaxPort, out port) && port >= MinPort;

    /// <summary>
    /// Writes the two words <c>ip port</c>. It takes the parts, so that a list of millions of rows needs no PeerAddress for each.
    /// </summary>
    /// <param name="destination">At least <see cref="MaxBytes"/>.</param>
    /// <param name="ip">The address.</param>
    /// <param name="port">The port.</param>
    /// <returns>The number of bytes written.</returns>
    internal static int Write(Span<byte> destination, IPAddress ip, int port)
    {
        ip.TryFormat(destination, out var length);
        destination[length++] = (byte)' ';
        Utf8Formatter.TryFormat(port, destination[length..], out var digits);
        return length + digits;
    }

    /// <summary>The usual form in one word: <c>127.0.0.1:9001</c>, <c>[::1]:9001</c>.</summary>
    public override string ToString() => new IPEndPoint(Ip, Port).ToString();

    private static bool TryParseIp(ReadOnlySpan<byte> text, [NotNullWhen(true)] out IPAddress? ip)
    {
        ip = null;
        var isIpv4 = !text.Contains((byte)':');
        if (text.Length > MaxIpBytes || text.ContainsAny((byte)'%', (byte)'[') || (isIpv4 && text.Count((byte)'.') != 3))
            return false;
        return IPAddress.TryParse(text, out ip) && IsSingleHost(Canonical(ip)) && (!isIpv4 || IsCanonicalIpv4(ip, text));
    }

    // Rejects octal and hexadecimal forms such as 010.0.0.1: formatting the address must reproduce the text.
    private static bool IsCanonicalIpv4(IPAddress ip, ReadOnlySpan<byte> text)
    {
        Span<byte> written = stackalloc byte[15];
        return ip.TryFormat(written, out var length) && written[..length].SequenceEqual(text);
    }

    private static bool IsSingleHost(IPAddress ip)
    {
        if (ip.AddressFamily == AddressFamily.InterNetworkV6)
            return !ip.IsIPv6Multicast && !ip.Equals(IPAddress.IPv6Any);
        Span<byte> bytes = stackalloc byte[4];
        ip.TryWriteBytes(bytes, out _);
        return bytes[0] is > 0 and < 224;
    }
}
