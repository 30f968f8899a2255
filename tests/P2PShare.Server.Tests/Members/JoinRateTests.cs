using System.Net;
using P2PShare.Server.Members;
using P2PShare.Testing;

namespace P2PShare.Server.Tests.Members;

public sealed class JoinRateTests
{
    private const int TriesPerAddress = 10;

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void An_address_has_ten_tries_in_a_minute_and_other_addresses_have_their_own()
    {
        var rate = new JoinRate(_time);
        for (var attempt = 0; attempt < TriesPerAddress; attempt++)
            rate.TryTake(IPAddress.Loopback).Should().BeTrue();

        rate.TryTake(IPAddress.Loopback).Should().BeFalse();
        rate.TryTake(IPAddress.Parse("10.0.0.1")).Should().BeTrue();
        _time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        rate.TryTake(IPAddress.Loopback).Should().BeFalse();
        _time.Advance(TimeSpan.FromTicks(1));
        rate.TryTake(IPAddress.Loopback).Should().BeTrue();
    }

    [Fact]
    public void The_addresses_of_one_IPv6_subscriber_count_together()
    {
        var rate = new JoinRate(_time);
        for (var attempt = 0; attempt < TriesPerAddress; attempt++)
            rate.TryTake(IPAddress.Parse($"2001:db8::{attempt}")).Should().BeTrue();

        rate.TryTake(IPAddress.Parse("2001:db8::ffff")).Should().BeFalse();
        rate.TryTake(IPAddress.Parse("2001:db8:0:1::1")).Should().BeTrue();
    }

    [Fact]
    public void So_many_addresses_are_counted_and_no_more()
    {
        var rate = new JoinRate(_time);
        for (var address = 1; address <= 10_000; address++)
            rate.TryTake(new IPAddress(address)).Should().BeTrue();

        rate.TryTake(new IPAddress(10_001)).Should().BeFalse("a table without a bound would take all the memory");
        rate.TryTake(new IPAddress(1)).Should().BeTrue("it is counted already");
        _time.Advance(TimeSpan.FromMinutes(1));
        rate.TryTake(new IPAddress(10_001)).Should().BeTrue();
    }
}
