using System.Buffers;
using System.Buffers.Text;

namespace P2PShare.Protocol.Text;

/// <summary>Base64 (RFC 4648, section 4) in the one way in which it is written here: padded, with no white space.</summary>
internal static class StrictBase64
{
    /// <param name="text">The characters.</param>
    /// <param name="maxBytes">How many bytes they may stand for; more are refused before anything is allocated.</param>
    /// <param name="bytes">At least one byte, where the result is true.</param>
    public static bool TryDecode(ReadOnlySpan<byte> text, int maxBytes, out byte[] bytes)
    {
        bytes = [];
        if (text.ContainsAny(" \t\r\n"u8) || !Base64.IsValid(text, out var length) || length is 0 || length > maxBytes)
            return false;
        bytes = new byte[length];
        if (Base64.DecodeFromUtf8(text, bytes, out _, out var written) != OperationStatus.Done || written != length)
            return false;

        // The last digit may hold bits that are dropped: another text for the same bytes.
        Span<byte> again = new byte[Base64.GetMaxEncodedToUtf8Length(length)];
        return Base64.EncodeToUtf8(bytes, again, out _, out _) == OperationStatus.Done && again.SequenceEqual(text);
    }
}
