using System.Net;

namespace P2PShare.Server.Output;

/// <summary>How an address that is listened on is shown.</summary>
internal static class ListeningAddresses
{
    /// <summary>One address, or two where a socket takes IPv4 and IPv6.</summary>
    public static string[] Of(IPEndPoint end) =>
        end.Address.Equals(IPAddress.IPv6Any) ? [$"0.0.0.0:{end.Port}", end.ToString()] : [end.ToString()];
}
