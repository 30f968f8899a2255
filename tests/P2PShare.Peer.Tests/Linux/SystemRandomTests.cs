using P2PShare.Peer.Linux;

namespace P2PShare.Peer.Tests.Linux;

public sealed class SystemRandomTests
{
    [Fact]
    public void Every_byte_is_filled_and_no_two_fillings_are_equal()
    {
        var fillings = Enumerable.Range(0, 64).Select(_ => Filled(256)).ToList();

        for (var position = 0; position < 256; position++)
            fillings.Select(filling => filling[position]).Distinct().Should().HaveCountGreaterThan(1);
        fillings.Select(Convert.ToHexString).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void More_than_the_kernel_fills_in_one_call_is_refused()
    {
        var filling = () => Filled(257);

        filling.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static byte[] Filled(int length)
    {
        var bytes = new byte[length];
        SystemRandom.Fill(bytes);
        return bytes;
    }
}
