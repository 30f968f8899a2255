using System.Text;

namespace P2PShare.Protocol.Text;

/// <summary>UTF-8 that neither hides nor mends what is wrong: an unpaired surrogate becomes bytes that no decoder accepts.</summary>
internal static class StrictUtf8
{
    // "?" is what a lenient encoder would write, and that is another file's name. 0xFF is never valid UTF-8, so the door refuses it.
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
