using System.Net;

namespace P2PShare.Networking.Tests;

public sealed class AdmissionTests
{
    [Fact]
    public void There_are_so_many_places_in_all_and_so_many_for_one_address()
    {
        var admission = new Admission(most: 3, mostPerAddress: 2);
        admission.WhyRefused(IPAddress.Parse("10.0.0.1")).Should().BeNull();
        admission.WhyRefused(IPAddress.Parse("10.0.0.1")).Should().BeNull();
        admission.WhyRefused(IPAddress.Parse("10.0.0.1")).Should().Be("too many connections from this address");
        admission.WhyRefused(IPAddress.Parse("10.0.0.2")).Should().BeNull();
        admission.WhyRefused(IPAddress.Parse("10.0.0.3")).Should().Be("too many connections");

        admission.Leave(IPAddress.Parse("10.0.0.1"));

        admission.WhyRefused(IPAddress.Parse("10.0.0.1")).Should().BeNull("a refused one took no place");
    }

    [Fact]
    public void A_house_is_a_64_of_IPv6_however_many_addresses_it_has()
    {
        var admission = new Admission(most: 100, mostPerAddress: 2);
        admission.WhyRefused(IPAddress.Parse("2001:db8::1")).Should().BeNull();
        admission.WhyRefused(IPAddress.Parse("2001:db8::ffff:2")).Should().BeNull();
        admission.WhyRefused(IPAddress.Parse("2001:db8::3")).Should().Be("too many connections from this address");
        admission.WhyRefused(IPAddress.Parse("2001:db8:0:1::3")).Should().BeNull();
    }

    [Fact]
    public async Task Places_that_many_take_and_leave_at_once_are_all_free_in_the_end()
    {
        var admission = new Admission(most: 50, mostPerAddress: 50);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() =>
        {
            var address = IPAddress.Parse($"10.0.0.{1 + (i % 5)}");
            for (var time = 0; time < 1000; time++)
            {
                admission.WhyRefused(address).Should().BeNull();
                admission.Leave(address);
            }
        })));

        Enumerable.Range(0, 50).Should().OnlyContain(_ => admission.WhyRefused(IPAddress.Loopback) == null);
        admission.WhyRefused(IPAddress.Loopback).Should().NotBeNull();
    }
}
