using System.Net;

namespace P2PShare.Client.Index;

internal static class ServerName
{
    /// <summary>As people write it: <c>127.0.0.1:8080</c>, <c>[::1]:8080</c>, <c>example.org:8080</c>.</summary>
    public static string Of(EndPoint server) => server is DnsEndPoint named ? $"{named.Host}:{named.Port}" : server.ToString()!;
}
