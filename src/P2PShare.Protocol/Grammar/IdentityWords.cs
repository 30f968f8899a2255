using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Grammar;

internal static class IdentityWords
{
    public static bool TryParse(ReadOnlySpan<byte> idWord, ReadOnlySpan<byte> sizeWord, out FileIdentity identity)
    {
        identity = default;
        return FileId.TryParse(idWord, out var id)
            && DecimalDigits.TryParse(sizeWord, Limits.MaxFileBytes, out var size)
            && FileIdentity.TryCreate(id, size, out identity);
    }

    /// <summary>As <see cref="TryParse"/>; <c>- -</c>, which stands for a plain owner's unknown content, gives null.</summary>
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

    public static Line Word(this Line line, FileIdentity? identity) =>
        identity is { } known ? line.Word(known.Id).Word(known.Size) : line.Word("-"u8).Word("-"u8);
}
