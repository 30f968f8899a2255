using System.Text;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Tests.Text;

public sealed class StrictBase64Tests
{
    private const int MaxBytes = 100;

    [Fact]
    public void Bytes_of_each_length_up_to_the_bound_are_decoded_and_no_more()
    {
        for (var length = 0; length <= MaxBytes + 3; length++)
        {
            var bytes = new byte[length];
            new Random(length).NextBytes(bytes);

            var isDecoded = TryDecode(Convert.ToBase64String(bytes), out var decoded);

            isDecoded.Should().Be(length is > 0 and <= MaxBytes);
            if (isDecoded)
                decoded.Should().Equal(bytes);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("=")]
    [InlineData("====")]
    [InlineData("A")]
    [InlineData("AA")]
    [InlineData("AAA")]
    [InlineData("AA=")]
    [InlineData("A===")]
    [InlineData("AA==AAAA")]
    [InlineData("AAAA====")]
    [InlineData("AB==")]
    [InlineData("AAB=")]
    [InlineData("AA A")]
    [InlineData(" AAAA")]
    [InlineData("AAAA ")]
    [InlineData("AA\nAA")]
    [InlineData("AAAA\r\n")]
    [InlineData("AA\tAA")]
    [InlineData("AA-_")]
    [InlineData("AA\0A")]
    [InlineData("AAğ")]
    public void Every_other_way_to_write_bytes_is_refused(string text) => TryDecode(text, out _).Should().BeFalse();

    private static bool TryDecode(string text, out byte[] bytes) =>
        StrictBase64.TryDecode(Encoding.UTF8.GetBytes(text), MaxBytes, out bytes);
}
