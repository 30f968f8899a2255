namespace P2PShare.Networking.Tests;

public sealed class DescriptorLimitTests
{
    [Theory]
    [InlineData("1024", 100_000, 768)]
    [InlineData("1024", 768, 768)]
    [InlineData("1024", 10, 10)]
    [InlineData("1048576", 100_000, 100_000)]
    [InlineData("256", 100_000, 16)]
    [InlineData("20", 2, 2)]
    [InlineData("unlimited", 100_000, 100_000)]
    public void Connections_get_what_the_soft_limit_leaves_after_the_reserve(string soft, int wanted, int room) =>
        DescriptorLimit.RoomFor(
            wanted,
            $"""
            Limit                     Soft Limit           Hard Limit           Units
            Max processes             63432                63432                processes
            Max open files            {soft,-20} 1048576              files
            Max locked memory         8388608              8388608              bytes
            """).Should().Be(room);

    [Theory]
    [InlineData("")]
    [InlineData("Max open files")]
    [InlineData("Max open files            many")]
    public void Limits_that_cannot_be_parsed_bound_nothing(string limits) => DescriptorLimit.RoomFor(100, limits).Should().Be(100);

    [Fact]
    public void This_process_has_room_for_connections() => DescriptorLimit.RoomFor(int.MaxValue).Should().BePositive();
}
