using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>Names that some file systems cannot hold (Windows', and what is formatted for it). They are shared as they are; a client that saves there changes them.</summary>
internal static class PortableName
{
    private const string Unstorable = "<>:\"|?*";

    private static readonly HashSet<string> Devices = new(
        ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(0, 10).SelectMany(n => new[] { $"COM{n}", $"LPT{n}" })],
        StringComparer.OrdinalIgnoreCase);

    public static bool IsPortable(FileName name) => name.ToString().Split('/').All(IsPortable);

    /// <summary>The part as such a file system can hold it; the same where it can anyway.</summary>
    public static string Storable(string part)
    {
        if (IsPortable(part))
            return part;
        var storable = string.Concat(part.Select(character => Unstorable.Contains(character) ? '_' : character));
        if (storable[^1] is '.' or ' ')
            storable = storable[..^1] + '_';
        return IsDevice(part) ? "_" + storable : storable;
    }

    private static bool IsPortable(string part) => !part.Any(Unstorable.Contains) && part[^1] is not ('.' or ' ') && !IsDevice(part);

    // NUL.txt is the device as well.
    private static bool IsDevice(string part) => Devices.Contains(part.Split('.')[0].TrimEnd());
}
