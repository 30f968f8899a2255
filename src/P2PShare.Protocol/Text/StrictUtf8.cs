using System.Text;

namespace P2PShare.Protocol.Text;

/// <summary>Encodes UTF-8 without replacement characters: text with an unpaired surrogate becomes bytes that no decoder accepts.</summary>
internal static class StrictUtf8
{
    // A lenient encoder would write "?", which makes the name of another file. 0xFF is never valid UTF-8, so the validator refuses it.
    private static readonly Encoding Encoding = Encoding.GetEncoding(
        "utf-8", new EncoderExceptionFallback(), new DecoderExceptionFallback());

    public static byte[] Encode(string text)
    {
        try
        {
            return Encoding.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            return [0xFF];
        }
    }
}
