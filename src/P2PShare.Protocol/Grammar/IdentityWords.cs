using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Grammar;

/// <summary>The two words <c>file-id size</c> of a line.</summary>
internal static class IdentityWords
{
    public static bool TryParse(ReadOnlySpan<byte> idWord, ReadOnlySpan<byte> sizeWord, out FileIdentity identity)
    {
        identity = default;
        return FileId.TryParse(idWord, out var id)
            && DecimalDigits.TryParse(sizeWord, Limits.MaxFileBytes, out var size)
            && FileIdentity.TryCreate(id, size, out identity);
    }

    /// <summary>
    /// As <see cref="TryParse"/>. The identity is null for <c>- -</c>, the unknown content of an owner that used ANNOUNCE.
    /// </summary>
    public static bool TryParseOptional(ReadOnlySpan<byte> idWord, ReadOnlySpan<byte> sizeWord, out FileIdentity? identity)
    {
        identity = null;
        if (idWord.SequenceEqual("-"u8) && sizeWord.SequenceEqual("-"u8))
            return true;
        if (!TryParse(idWord, sizeWord, out var known))
            return false;
        identity = known;
        return true;
    }

    public static LineWriter Word(this LineWriter line, FileIdentity? identity) =>
        identity is { } known ? line.Word(known.Id).Word(known.Size) : line.Word("-"u8).Word("-"u8);
}
