namespace P2PShare.Networking.Tests;

public sealed class DescriptorLimitTests
{
    [Theory]
    [InlineData(1024, 100_000, 768)]
    [InlineData(1024, 768, 768)]
    [InlineData(1024, 10, 10)]
    [InlineData(1048576, 100_000, 100_000)]
    [InlineData(256, 100_000, 16)]
    [InlineData(20, 2, 2)]
    [InlineData(ulong.MaxValue, 100_000, 100_000)]
    public void Connections_get_what_the_soft_limit_leaves_after_the_reserve(ulong softLimit, int wanted, int room) =>
        DescriptorLimit.RoomFor(wanted, softLimit).Should().Be(room);

    [Fact]
    public void The_limit_of_this_process_leaves_room_for_connections() =>
        DescriptorLimit.RoomFor(int.MaxValue).Should().BePositive();
}
