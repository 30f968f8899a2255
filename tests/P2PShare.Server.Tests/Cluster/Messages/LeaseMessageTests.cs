using P2PShare.Protocol.Identity;
using P2PShare.Server.Cluster.Messages;

namespace P2PShare.Server.Tests.Cluster.Messages;

public sealed class LeaseMessageTests
{
    private static readonly LeaseMessage Sample = new()
    {
        Version = 9,
        Epoch = uint.MaxValue,
        State = ServerState.Ended,
        Started = 1_800_000_000_000,
        Address = "[2001:db8::1]:8080",
        Key = KeyFingerprint.OfHash(new byte[32]),
        Counts = new LeaseCounts(1, 2, MessageBounds.MaxCount),
        LagMilliseconds = 17,
        PublishedBytes = long.MaxValue,
    };

    [Fact]
    public void Lease_is_read_as_it_was_written()
    {
        foreach (var lease in new[] { Sample, Sample with { Key = null, State = ServerState.Serving } })
        {
            LeaseMessage.TryRead(Messages.Lease(lease), out var read).Should().BeTrue();
            read.Should().Be(lease);
        }
    }

    [Fact]
    public void Lease_with_the_longest_host_name_fits_the_bound()
    {
        var label = new string('x', 63);
        var host = $"{label}.{label}.{label}.{label[..61]}";
        var message = Messages.Lease(Sample with { Address = $"{host}:65535" });

        message.Length.Should().BeLessThanOrEqualTo(MessageBounds.MaxLeaseBytes);
        LeaseMessage.TryRead(message, out _).Should().BeTrue();
        LeaseMessage.TryRead(new byte[MessageBounds.MaxLeaseBytes + 1], out _).Should().BeFalse();
    }

    [Fact]
    public void Every_truncation_and_a_trailing_byte_are_refused()
    {
        var message = Messages.Lease(Sample);

        for (var length = 0; length < message.Length; length++)
            LeaseMessage.TryRead(message.AsMemory(0, length), out _).Should().BeFalse("{0} bytes are too few", length);
        LeaseMessage.TryRead((byte[])[.. message, 0], out _).Should().BeFalse();
    }

    [Fact]
    public void Whatever_one_changed_byte_makes_of_a_lease_is_refused_or_written_as_it_was_read()
    {
        var message = Messages.Lease(Sample);
        for (var place = 0; place < message.Length; place++)
        {
            for (var value = 0; value < 256; value++)
            {
                var changed = message.ToArray();
                changed[place] = (byte)value;
                if (LeaseMessage.TryRead(changed, out var lease))
                    Messages.Lease(lease).Should().Equal(changed);
            }
        }
    }

    [Theory]
    [InlineData("example.org:8080", true)]
    [InlineData("192.0.2.1:1", true)]
    [InlineData("[::1]:65535", true)]
    [InlineData("example.org", false)]
    [InlineData("example.org:", false)]
    [InlineData("example.org:0", false)]
    [InlineData("example.org:65536", false)]
    [InlineData(":8080", false)]
    [InlineData("::1:8080", false)]
    [InlineData("[192.0.2.1]:8080", false)]
    [InlineData("exa mple.org:8080", false)]
    [InlineData("example.org:8080\n", false)]
    [InlineData("[::1:8080", false)]
    [InlineData("", false)]
    public void Lease_is_read_where_its_address_is_a_host_and_a_port(string address, bool isValid) =>
        LeaseMessage.TryRead(Messages.Lease(new LeaseMessage { Version = 1, Epoch = 1, Address = address }), out _).Should().Be(isValid);
}
