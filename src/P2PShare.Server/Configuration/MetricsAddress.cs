using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace P2PShare.Server.Configuration;

/// <summary>Parses <c>9100</c>, <c>192.0.2.1:9100</c> and <c>[2001:db8::1]:9100</c>.</summary>
internal static class MetricsAddress
{
    /// <param name="text">A port alone means the loopback address, because metrics are not for everybody.</param>
    /// <param name="end">Port 0 is any free one.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPEndPoint? end)
    {
        end = null;
        var colon = text.LastIndexOf(':');
        if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return false;
        if (colon < 0)
        {
            end = new IPEndPoint(IPAddress.Loopback, port);
            return true;
        }

        var isBracketed = text[0] == '[' && text[colon - 1] == ']';
        var host = isBracketed ? text[1..(colon - 1)] : text[..colon];
        if (!IPAddress.TryParse(host, out var address) || host.Contains(':', StringComparison.Ordinal) != isBracketed)
            return false;
        end = new IPEndPoint(address, port);
        return true;
    }
}
