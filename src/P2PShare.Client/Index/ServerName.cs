using System.Diagnostics.CodeAnalysis;
using System.Net;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Index;

/// <summary>Where a server is, as people write it.</summary>
internal static class ServerName
{
    /// <summary><c>127.0.0.1:8080</c>, <c>[::1]:8080</c>, <c>example.org:8080</c></summary>
    public static string Of(EndPoint server) => server is DnsEndPoint named ? $"{named.Host}:{named.Port}" : server.ToString()!;

    /// <summary>Takes an address or a host name, with or without a port; an IPv6 address with a port stands in brackets.</summary>
    public static bool TryParse(string text, int defaultPort, [NotNullWhen(true)] out EndPoint? server)
    {
        var (host, port) = (text, defaultPort);
        var colon = text.LastIndexOf(':');
        var isAddress = IPAddress.TryParse(text.Trim('[', ']'), out _);
        if (colon > 0 && (!isAddress || (text[0] == '[' && text[colon - 1] == ']')))
        {
            host = text[..colon];
            if (!int.TryParse(text[(colon + 1)..], System.Globalization.NumberStyles.None, null, out port))
                port = 0;
        }

        host = host.Trim('[', ']');
        server = port is < 1 or > PeerAddress.MaxPort || Uri.CheckHostName(host) == UriHostNameType.Unknown
            ? null
            : IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port) : new DnsEndPoint(host, port);
        return server is not null;
    }
}
