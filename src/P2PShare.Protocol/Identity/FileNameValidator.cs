using System.Buffers;
using System.Text.Unicode;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Identity;

/// <summary>
/// Decides what a file name may contain (PROTOCOL.md, section 3). Every <see cref="FileName"/> has passed it. It refuses what can
/// harm on any system; names that only some file systems cannot store (a colon, CON, a trailing dot) are valid, and are changed
/// where a file is saved.
/// </summary>
/// <remarks>
/// The rules answer attacks on other tools: croc CVE-2023-43619, LocalSend CVE-2025-27142, aria2 CVE-2010-1512, rsync
/// CVE-2024-12087, KTorrent CVE-2007-1799. The tests name the attack beside each case.
/// </remarks>
internal static class FileNameValidator
{
    public const string TooLong = "file name longer than 1024 bytes";

    // A peer tells a handshake from the name of a file by this prefix.
    private static ReadOnlySpan<byte> ReservedPrefix => "PROTO_VERSION "u8;

    // Printable ASCII except '\'. Most names consist of these alone, and one vectorised search replaces the check of each character.
    private static readonly SearchValues<byte> AllowedAscii = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5F).Select(b => (byte)b).Where(b => b is not (byte)'\\')]);

    /// <summary>Returns null where the name is valid, otherwise the reason in a few words.</summary>
    /// <param name="name">Any bytes.</param>
    /// <param name="normalized">The name in Unicode Normalization Form C; null where <paramref name="name"/> is in that form.</param>
    public static string? WhyRefused(ReadOnlySpan<byte> name, out byte[]? normalized)
    {
        normalized = null;
        if (name.IsEmpty)
            return "empty file name";
        if (name.Length > Limits.MaxFileNameBytes)
            return TooLong;
        if (!name.ContainsAnyExcept(AllowedAscii))
            return WhyStructureRefused(name);
        if (!Utf8.IsValid(name))
            return "file name is not valid UTF-8";
        if (WhyCharacterRefused(name) is { } refusal)
            return refusal;

        // The normalized name is what is checked: NFC makes some names longer, and makes the kelvin sign the letter of a drive.
        normalized = Normalize(name);
        return WhyStructureRefused(normalized ?? name);
    }

    private static string? WhyCharacterRefused(ReadOnlySpan<byte> name)
    {
        foreach (var rune in name.EnumerateRunesOfUtf8())
        {
            if (rune.IsControlOrLineSeparator())
                return "control character in file name";
            if (rune.Value == '\\')
                return "backslash in file name";
            if (rune.IsBidirectionalOverride())
                return "bidirectional override in file name";
            if (rune.IsNoncharacter())
                return "noncharacter in file name";
        }

        return null;
    }

    private static string? WhyStructureRefused(ReadOnlySpan<byte> name)
    {
        if (name.Length > Limits.MaxFileNameBytes)
            return TooLong;
        if (WhyPrefixRefused(name) is { } refusal)
            return refusal;
        var rest = name;
        for (var end = rest.IndexOf((byte)'/'); end >= 0; end = rest.IndexOf((byte)'/'))
        {
            if (WhyPartRefused(rest[..end]) is { } partRefusal)
                return partRefusal;
            rest = rest[(end + 1)..];
        }

        return WhyPartRefused(rest);
    }

    private static string? WhyPrefixRefused(ReadOnlySpan<byte> name)
    {
        if (name.StartsWith(ReservedPrefix))
            return "file name begins with PROTO_VERSION";
        return name.Length >= 2 && name[1] == (byte)':' && char.IsAsciiLetter((char)name[0]) ? "file name begins with a drive" : null;
    }

    private static string? WhyPartRefused(ReadOnlySpan<byte> part)
    {
        if (part.IsEmpty)
            return "empty part in file name";
        if (part.SequenceEqual("."u8) || part.SequenceEqual(".."u8))
            return "file name has a part that is . or ..";
        return part.Length > Limits.MaxNamePartBytes ? "part of file name longer than 255 bytes" : null;
    }

    // In UTF-8, characters from U+0300 on, where the first combining characters are, start with a byte of 0xCC or more. A name
    // without such a byte is in NFC: for most names that are not ASCII, one vectorised search is enough.
    private static byte[]? Normalize(ReadOnlySpan<byte> name) =>
        name.ContainsAnyInRange((byte)0xCC, (byte)0xFF) ? NormalizationFormC.Normalize(name) : null;
}
