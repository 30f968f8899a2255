using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>
/// Names that some file systems cannot hold: those of Windows, and any that is formatted for it. They are shared unchanged; a client
/// that saves to such a file system replaces what it cannot hold.
/// </summary>
internal static class PortableName
{
    private const string Unstorable = "<>:\"|?*";

    private static readonly HashSet<string> Devices = new(
        ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(0, 10).SelectMany(n => new[] { $"COM{n}", $"LPT{n}" })],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Every file system can hold every part of the name.</summary>
    public static bool IsPortable(FileName name) => name.ToString().Split('/').All(IsPortable);

    /// <summary>Returns the part of a name as such a file system can hold it; unchanged where it is portable.</summary>
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

    // NUL.txt names the device as well.
    private static bool IsDevice(string part) => Devices.Contains(part.Split('.')[0].TrimEnd());
}
