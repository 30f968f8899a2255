using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace P2PShare.Protocol.Identity;

/// <summary>
/// The one door for names from the network (PROTOCOL.md, section 3). What can harm is refused here, for everybody; what only
/// some file systems cannot hold (a colon, CON, a trailing dot) passes, and is changed where it is saved.
/// </summary>
/// <remarks>
/// The rules answer attacks that other tools suffered: croc CVE-2023-43619, LocalSend CVE-2025-27142, aria2 CVE-2010-1512,
/// rsync CVE-2024-12087, KTorrent CVE-2007-1799. The door's tests name each.
/// </remarks>
internal static class FileNameDoor
{
    public const string TooLong = "file name longer than 1024 bytes";

    private static ReadOnlySpan<byte> ReservedBeginning => "PROTO_VERSION "u8;

    // Printable ASCII but for '/' and '\': a name of these alone, as most are, needs one vectorised look.
    private static readonly SearchValues<byte> PlainBytes = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5F).Select(b => (byte)b).Where(b => b is not ((byte)'/' or (byte)'\\'))]);

    /// <summary>Null where the name may pass, else the reason in a few words. <paramref name="normalized"/> is the name's NFC form where that differs from its bytes.</summary>
    public static string? WhyRefused(ReadOnlySpan<byte> name, out byte[]? normalized)
    {
        normalized = null;
        if (name.IsEmpty)
            return "empty file name";
        if (name.Length > Limits.MaxFileNameBytes)
            return TooLong;
        if (name.StartsWith(ReservedBeginning))
            return "file name begins with PROTO_VERSION";
        if (name.Length >= 2 && name[1] == (byte)':' && char.IsAsciiLetter((char)name[0]))
            return "file name begins with a drive";
        return name.ContainsAnyExcept(PlainBytes) ? WhyUnusualRefused(name, out normalized) : WhyPartRefused(name);
    }

    private static string? WhyUnusualRefused(ReadOnlySpan<byte> name, out byte[]? normalized)
    {
        normalized = null;
        if (!Utf8.IsValid(name))
            return "file name is not valid UTF-8";
        if (WhyCharacterRefused(name) is { } refusal)
            return refusal;

        // NFC can make a name longer (a few scripts' composed characters decompose in it), so its parts are judged after it.
        normalized = Normalize(name);
        var judged = normalized ?? name;
        if (judged.Length > Limits.MaxFileNameBytes)
            return TooLong;
        foreach (var part in judged.Split((byte)'/'))
        {
            if (WhyPartRefused(judged[part]) is { } partRefusal)
                return partRefusal;
        }

        return null;
    }

    private static string? WhyCharacterRefused(ReadOnlySpan<byte> name)
    {
        foreach (var rune in name.EnumerateRunesOfUtf8())
        {
            if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029)
                return "control character in file name";
            if (rune.Value == '\\')
                return "backslash in file name";
            if (IsBidirectionalControl(rune.Value))
                return "bidirectional override in file name";
        }

        return null;
    }

    // Embeddings, overrides and isolates (Unicode TR9): "gpj.exe" can be made to read "exe.jpg". The plain marks LRM and RLM stay:
    // ordinary Hebrew and Arabic names carry them, and they turn nothing round.
    private static bool IsBidirectionalControl(int rune) => rune is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    private static string? WhyPartRefused(ReadOnlySpan<byte> part)
    {
        if (part.IsEmpty)
            return "empty part in file name";
        if (part.SequenceEqual("."u8) || part.SequenceEqual(".."u8))
            return "file name has a part that is . or ..";
        return part.Length > Limits.MaxNamePartBytes ? "part of file name longer than 255 bytes" : null;
    }

    private static byte[]? Normalize(ReadOnlySpan<byte> name)
    {
        if (Ascii.IsValid(name))
            return null;
        var text = Encoding.UTF8.GetString(name);
        return text.IsNormalized() ? null : Encoding.UTF8.GetBytes(text.Normalize());
    }
}
