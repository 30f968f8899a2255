using System.Buffers;
using System.Globalization;
using System.Text;
using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Protocol.Tests.Grammar.Replies;

public sealed class CertificateReplyTests
{
    [Theory]
    [InlineData("CERTIFICATE 0 AA== /w==")]
    [InlineData("CERTIFICATE 1772366400 MIIB +/0=")]
    [InlineData("CERTIFICATE 253402300799 MIIB MIIC")]
    public void Reply_is_parsed_and_written_back(string line)
    {
        CertificateReply.TryParse(Bytes(line), out var reply).Should().BeTrue();

        reply.ServerTime.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture).Should().Be(line.Split(' ')[1]);
        Written(reply).Should().Be(line + "\n");
    }

    [Theory]
    [InlineData("")]
    [InlineData("CERTIFICATE")]
    [InlineData("CERTIFICATE 0")]
    [InlineData("CERTIFICATE 0 MIIB")]
    [InlineData("CERTIFICATE 0 MIIB ")]
    [InlineData("CERTIFICATE 0  MIIB")]
    [InlineData("CERTIFICATE 0 MIIB MIIC MIID")]
    [InlineData("CERTIFICATE 0 MIIB MIIC ")]
    [InlineData("CERTIFICATE -1 MIIB MIIC")]
    [InlineData("CERTIFICATE +1 MIIB MIIC")]
    [InlineData("CERTIFICATE 253402300800 MIIB MIIC")]
    [InlineData("CERTIFICATE 99999999999999999999 MIIB MIIC")]
    [InlineData("CERTIFICATE 0 MIIB MII")]
    [InlineData("CERTIFICATE 0 MII_ MIIC")]
    [InlineData("certificate 0 MIIB MIIC")]
    [InlineData("CERTIFICATES 0 MIIB MIIC")]
    [InlineData("ERROR that is not the key of this session")]
    public void Malformed_reply_is_refused(string line) => CertificateReply.TryParse(Bytes(line), out _).Should().BeFalse();

    [Fact]
    public void Reply_with_any_byte_replaced_is_refused_or_parsed_as_it_is_written_again()
    {
        const string Command = "CERTIFICATE ";
        const string Line = Command + "1772366400 MIIB +/0=";
        for (var index = 0; index < Line.Length; index++)
        {
            for (var value = 0; value <= byte.MaxValue; value++)
            {
                var changed = Bytes(Line);
                changed[index] = (byte)value;

                // A number that begins with 0 is read, and not written so.
                if (CertificateReply.TryParse(changed, out var reply) && changed[Command.Length] != (byte)'0')
                    Encoding.Latin1.GetBytes(Written(reply)).Should().Equal([.. changed, (byte)'\n']);
            }
        }
    }

    [Fact]
    public void Longest_certificates_fit_a_line_and_longer_ones_are_refused()
    {
        var longest = new byte[CertificateReply.MaxCertificateBytes];
        var latest = DateTimeOffset.FromUnixTimeSeconds(253402300799);
        var line = Written(new CertificateReply(latest, longest, longest));

        line.Length.Should().BeLessThanOrEqualTo(Limits.MaxLineBytes);
        CertificateReply.TryParse(Bytes(line.TrimEnd('\n')), out _).Should().BeTrue();
        foreach (var (member, issuer) in new[] { (1, 0), (0, 1) })
        {
            var longer = new CertificateReply(latest, new byte[longest.Length + member], new byte[longest.Length + issuer]);
            CertificateReply.TryParse(Bytes(Written(longer).TrimEnd('\n')), out _).Should().BeFalse();
        }
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Written(CertificateReply reply)
    {
        var output = new ArrayBufferWriter<byte>();
        reply.WriteTo(output);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }
}
