using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Index.Servers;

/// <summary>The text form of a server's address: a host name or IP address, and a port.</summary>
internal static class ServerAddress
{
    /// <summary><c>127.0.0.1:8080</c>, <c>[::1]:8080</c>, <c>example.org:8080</c></summary>
    public static string Format(EndPoint server) => server is DnsEndPoint named ? $"{named.Host}:{named.Port}" : server.ToString()!;

    /// <summary>Accepts an IP address or a host name, with or without a port. An IPv6 address with a port is in brackets.</summary>
    public static bool TryParse(string text, int defaultPort, [NotNullWhen(true)] out EndPoint? server)
    {
        server = null;
        var (host, portText) = Split(text);
        var port = defaultPort;
        if (portText is not null && !int.TryParse(portText, NumberStyles.None, null, out port))
            return false;
        if (port is < 1 or > PeerAddress.MaxPort || Uri.CheckHostName(host) == UriHostNameType.Unknown)
            return false;
        server = IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port) : new DnsEndPoint(host, port);
        return true;
    }

    // The port is null where none is given; the host is empty where the text is malformed.
    private static (string Host, string? Port) Split(string text)
    {
        var colon = text.LastIndexOf(':');
        if (!text.StartsWith('['))
            return colon < 0 || text.IndexOf(':') != colon ? (text, null) : (text[..colon], text[(colon + 1)..]);

        // Only an IPv6 address may be in brackets.
        var close = text.IndexOf(']');
        var inside = close < 0 ? "" : text[1..close];
        var rest = text[(close + 1)..];
        return !inside.Contains(':') || !(rest.Length == 0 || rest[0] == ':') ? ("", null) : (inside, rest.Length == 0 ? null : rest[1..]);
    }
}
