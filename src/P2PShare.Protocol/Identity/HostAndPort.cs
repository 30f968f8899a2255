using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace P2PShare.Protocol.Identity;

/// <summary>
/// Where a server listens, in one word: <c>ip:port</c>, <c>[ipv6]:port</c> or <c>host-name:port</c> (PROTOCOL.md, section 5.5). Two that
/// are written differently and mean the same address or name are equal.
/// </summary>
public sealed record HostAndPort
{
    /// <summary>Bytes of a host name (RFC 1035, section 3.1, without the root).</summary>
    public const int MaxHostNameBytes = 253;

    private const int MaxLabelBytes = 63;

    private HostAndPort(EndPoint endPoint) => EndPoint = endPoint;

    /// <summary>An <see cref="IPEndPoint"/>, or a <see cref="DnsEndPoint"/> whose name is in lower case.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>
    /// False for what no single host has, and for names that a resolver may read as an IPv4 address (<c>127.1</c>, <c>0x7f000001</c>).
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> word, [NotNullWhen(true)] out HostAndPort? server)
    {
        server = null;
        var colon = word.LastIndexOf((byte)':');
        if (colon < 0 || !PeerAddress.TryParsePort(word[(colon + 1)..], out var port))
            return false;
        var host = word[..colon];
        var ip = IsBracketed(host) ? host[1..^1] : host;
        if (ip.Contains((byte)':') == IsBracketed(host) && PeerAddress.TryParse(ip, word[(colon + 1)..], out var address))
            server = new HostAndPort(new IPEndPoint(address.Ip, port));
        else if (IsHostName(host))
            server = new HostAndPort(new DnsEndPoint(Encoding.ASCII.GetString(host).ToLowerInvariant(), port));
        return server is not null;
    }

    /// <summary>The word.</summary>
    public override string ToString() => EndPoint is DnsEndPoint named ? $"{named.Host}:{named.Port}" : EndPoint.ToString()!;

    private static bool IsBracketed(ReadOnlySpan<byte> host) => host is [(byte)'[', .., (byte)']'];

    // RFC 1123, section 2.1.
    private static bool IsHostName(ReadOnlySpan<byte> host)
    {
        if (host.Length > MaxHostNameBytes)
            return false;
        foreach (var range in host.Split((byte)'.'))
        {
            if (!IsLabel(host[range]))
                return false;
        }

        return !IsNumber(host[(host.LastIndexOf((byte)'.') + 1)..]);
    }

    private static bool IsLabel(ReadOnlySpan<byte> label)
    {
        if (label.Length is 0 or > MaxLabelBytes || label[0] == '-' || label[^1] == '-')
            return false;
        foreach (var character in label)
        {
            if (character != '-' && !char.IsAsciiLetterOrDigit((char)character))
                return false;
        }

        return true;
    }

    // As inet_aton reads the last part of an IPv4 address.
    private static bool IsNumber(ReadOnlySpan<byte> label) =>
        !label.ContainsAnyExceptInRange((byte)'0', (byte)'9') || label.StartsWith("0x"u8) || label.StartsWith("0X"u8);
}
