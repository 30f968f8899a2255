using P2PShare.Client.Text;

namespace P2PShare.Client.Tests.Text;

public sealed class ByteRateTests
{
    [Theory]
    [InlineData("off", 0)]
    [InlineData("OFF", 0)]
    [InlineData("0", 0)]
    [InlineData("1024", 1024)]
    [InlineData("1k", 1024)]
    [InlineData("500K", 500 * 1024)]
    [InlineData("5M", 5 * 1024 * 1024)]
    [InlineData("1.5M", 1024 * 1536)]
    [InlineData("2G", 2L * 1024 * 1024 * 1024)]
    public void Limit_is_bytes_a_second_in_units_of_1024(string text, long expected)
    {
        ByteRate.TryParse(text, 1024, out var bytes).Should().BeTrue();
        bytes.Should().Be(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("K")]
    [InlineData("-5M")]
    [InlineData("5T")]
    [InlineData("5MB")]
    [InlineData("1e9")]
    [InlineData("NaN")]
    [InlineData("1023")]
    [InlineData("0.5K")]
    [InlineData("9999999999999G")]
    public void What_is_no_limit_is_refused(string text) => ByteRate.TryParse(text, 1024, out _).Should().BeFalse();
}
