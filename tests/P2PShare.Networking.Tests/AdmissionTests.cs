using System.Net;

namespace P2PShare.Networking.Tests;

public sealed class AdmissionTests
{
    private const string Full = "too many connections";
    private const string FullForAddress = "too many connections from this address";

    [Fact]
    public void Connections_are_bounded_in_all_and_per_address_and_a_refused_one_counts_for_neither()
    {
        var admission = new Admission(maxConnections: 3, maxPerAddress: 2);
        RefusalOf(admission, "10.0.0.1").Should().BeNull();
        RefusalOf(admission, "10.0.0.1").Should().BeNull();
        RefusalOf(admission, "10.0.0.1").Should().Be(FullForAddress);
        RefusalOf(admission, "10.0.0.2").Should().BeNull();
        RefusalOf(admission, "10.0.0.3").Should().Be(Full);

        admission.Leave(IPAddress.Parse("10.0.0.1"));

        RefusalOf(admission, "10.0.0.1").Should().BeNull();
    }

    [Fact]
    public void All_addresses_of_an_IPv6_64_count_as_one()
    {
        var admission = new Admission(maxConnections: 100, maxPerAddress: 2);
        RefusalOf(admission, "2001:db8::1").Should().BeNull();
        RefusalOf(admission, "2001:db8::ffff:2").Should().BeNull();
        RefusalOf(admission, "2001:db8::3").Should().Be(FullForAddress);
        RefusalOf(admission, "2001:db8:0:1::3").Should().BeNull();
    }

    [Fact]
    public async Task After_many_threads_admit_and_leave_every_place_is_free()
    {
        var admission = new Admission(maxConnections: 50, maxPerAddress: 50);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() =>
        {
            var address = IPAddress.Parse($"10.0.0.{1 + (i % 5)}");
            for (var round = 0; round < 1000; round++)
            {
                admission.TryAdmit(address, out _).Should().BeTrue();
                admission.Leave(address);
            }
        })));

        Enumerable.Range(0, 50).Should().OnlyContain(_ => RefusalOf(admission, "127.0.0.1") == null);
        admission.TryAdmit(IPAddress.Loopback, out _).Should().BeFalse();
    }

    private static string? RefusalOf(Admission admission, string address)
    {
        admission.TryAdmit(IPAddress.Parse(address), out var refusal).Should().Be(refusal is null);
        return refusal;
    }
}
