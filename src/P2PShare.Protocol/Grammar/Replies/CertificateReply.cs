using System.Buffers;
using System.Text;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Grammar.Replies;

/// <summary>
/// The answer to CERTIFY: <c>CERTIFICATE seconds member issuer</c>, the server's clock and two certificates (RFC 5280, in DER and
/// base64): the member's, and that of the server, which signed it.
/// </summary>
/// <param name="ServerTime">To the second.</param>
/// <param name="Member">At most <see cref="MaxCertificateBytes"/> bytes, not checked.</param>
/// <param name="Issuer">The same.</param>
public readonly record struct CertificateReply(DateTimeOffset ServerTime, ReadOnlyMemory<byte> Member, ReadOnlyMemory<byte> Issuer)
{
    /// <summary>Two of them, in base64, fit a line. Those of P-256 have about 350 bytes.</summary>
    public const int MaxCertificateBytes = 1024;

    // The year 9999, the end of DateTimeOffset.
    private const long MaxSeconds = 253_402_300_799;

    public static bool TryParse(ReadOnlyMemory<byte> line, out CertificateReply reply)
    {
        reply = default;
        if (!Words.TryTakeFirst(line, out var word, out var rest)
            || !word.SequenceEqual("CERTIFICATE"u8)
            || !Words.TryTakeFirst(rest, out var secondsWord, out rest)
            || !DecimalDigits.TryParse(secondsWord, MaxSeconds, out var seconds)
            || !Words.TryTakeFirst(rest, out var memberWord, out rest)
            || !StrictBase64.TryDecode(memberWord, MaxCertificateBytes, out var member)
            || !StrictBase64.TryDecode(rest.Span, MaxCertificateBytes, out var issuer))
            return false;
        reply = new CertificateReply(DateTimeOffset.FromUnixTimeSeconds(seconds), member, issuer);
        return true;
    }

    // CERTIFICATE 1772366400 MIIB... MIIB...
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output)
        .Word("CERTIFICATE"u8)
        .Word(ServerTime.ToUnixTimeSeconds())
        .Word(Encoding.ASCII.GetBytes(Convert.ToBase64String(Member.Span)))
        .Word(Encoding.ASCII.GetBytes(Convert.ToBase64String(Issuer.Span)))
        .End();
}
