using System.Diagnostics.CodeAnalysis;
using System.Text;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Cluster.Messages;

/// <summary>
/// Where clients reach a server, as text: <c>example.org:8080</c>, <c>192.0.2.1:8080</c>, <c>[2001:db8::1]:8080</c>. These are the forms
/// that a client accepts for its server, always with a port.
/// </summary>
internal static class ClientsAddress
{
    /// <summary>Whether this is such an address of at most 300 characters.</summary>
    public static bool IsValid(string text) => text.All(char.IsAscii) && TryParse(Encoding.ASCII.GetBytes(text), out _);

    /// <summary>Accepts printable ASCII of one of the forms.</summary>
    public static bool TryParse(ReadOnlySpan<byte> ascii, [NotNullWhen(true)] out string? text)
    {
        text = null;
        var colon = ascii.LastIndexOf((byte)':');
        if (ascii.Length > MessageBounds.MaxAddressBytes
            || ascii.ContainsAnyExceptInRange((byte)'!', (byte)'~')
            || colon <= 0
            || !PeerAddress.TryParsePort(ascii[(colon + 1)..], out _)
            || !IsHost(Encoding.ASCII.GetString(ascii[..colon])))
            return false;
        text = Encoding.ASCII.GetString(ascii);
        return true;
    }

    private static bool IsHost(string host)
    {
        var isBracketed = host is ['[', .., ']'];
        var kind = Uri.CheckHostName(isBracketed ? host[1..^1] : host);
        return isBracketed ? kind == UriHostNameType.IPv6 : kind is UriHostNameType.Dns or UriHostNameType.IPv4;
    }
}
