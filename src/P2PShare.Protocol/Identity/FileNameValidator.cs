using System.Buffers;
using System.Text.Unicode;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Identity;

/// <summary>
/// The one door for names from the network (PROTOCOL.md, section 3). What can harm is refused here, for everybody; what only
/// some file systems cannot hold (a colon, CON, a trailing dot) passes, and is changed where it is saved.
/// </summary>
/// <remarks>
/// The rules answer attacks that other tools suffered: croc CVE-2023-43619, LocalSend CVE-2025-27142, aria2 CVE-2010-1512,
/// rsync CVE-2024-12087, KTorrent CVE-2007-1799. The door's tests name each.
/// </remarks>
internal static class FileNameValidator
{
    public const string TooLong = "file name longer than 1024 bytes";

    private static ReadOnlySpan<byte> ReservedBeginning => "PROTO_VERSION "u8;

    // Printable ASCII but for '\': of a name of these alone, as most are, each character passes, which needs one vectorised look.
    private static readonly SearchValues<byte> PlainBytes = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5F).Select(b => (byte)b).Where(b => b is not (byte)'\\')]);

    /// <summary>Null where the name may pass, else the reason in a few words. <paramref name="normalized"/> is the name's NFC form where that differs from its bytes.</summary>
    public static string? WhyRefused(ReadOnlySpan<byte> name, out byte[]? normalized)
    {
        normalized = null;
        if (name.IsEmpty)
            return "empty file name";
        if (name.Length > Limits.MaxFileNameBytes)
            return TooLong;
        if (!name.ContainsAnyExcept(PlainBytes))
            return WhyWholeRefused(name);
        if (!Utf8.IsValid(name))
            return "file name is not valid UTF-8";
        if (WhyCharacterRefused(name) is { } refusal)
            return refusal;

        // Judged as it will be kept: NFC makes some names longer, and turns the kelvin sign into the letter of a drive.
        normalized = Normalize(name);
        return WhyWholeRefused(normalized ?? name);
    }

    private static string? WhyCharacterRefused(ReadOnlySpan<byte> name)
    {
        foreach (var rune in name.EnumerateRunesOfUtf8())
        {
            if (rune.EndsLineOrControls())
                return "control character in file name";
            if (rune.Value == '\\')
                return "backslash in file name";
            if (rune.TurnsWritingRound())
                return "bidirectional override in file name";
            if (rune.IsNoncharacter())
                return "noncharacter in file name";
        }

        return null;
    }

    private static string? WhyWholeRefused(ReadOnlySpan<byte> name)
    {
        if (name.Length > Limits.MaxFileNameBytes)
            return TooLong;
        if (WhyBeginningRefused(name) is { } refusal)
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

    private static string? WhyBeginningRefused(ReadOnlySpan<byte> name)
    {
        if (name.StartsWith(ReservedBeginning))
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

    // In UTF-8, bytes from 0xCC on begin the characters from U+0300 on, the first that combine. A name without one is in NFC as it
    // is, so that one vectorised look does for most of the names that are not ASCII.
    private static byte[]? Normalize(ReadOnlySpan<byte> name) =>
        name.ContainsAnyInRange((byte)0xCC, (byte)0xFF) ? NormalizationFormC.Normalize(name) : null;
}
