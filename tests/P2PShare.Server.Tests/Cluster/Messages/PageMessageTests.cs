using System.Net;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry.Pages;
using P2PShare.Server.Tests.Registry;

namespace P2PShare.Server.Tests.Cluster.Messages;

public sealed class PageMessageTests : IDisposable
{
    private static readonly KeyFingerprint Key = KeyFingerprint.OfHash([.. Enumerable.Range(0, Limits.HashBytes).Select(b => (byte)b)]);

    private readonly RegistryPage _page = new();
    private readonly RegistryPage _read = new();

    public void Dispose()
    {
        _page.Dispose();
        _read.Dispose();
    }

    [Theory]
    [InlineData("192.0.2.7", true)]
    [InlineData("2001:db8::7", false)]
    public void Page_is_read_as_it_was_written(string ip, bool hasKey)
    {
        var session = new SessionDescription(Messages.User("ayşe 😀"), hasKey ? Key : null);
        (_page.Owner, _page.Since) = (PageKey.MaxSession, 123_456_789_012);
        Add("a/b ğ.txt", ip, 9001, 3);
        Add("unknown", ip, 9002, null);
        Add("empty", ip, 65535, 0);
        _page.Parts.AddRange([Entries.Id(4), Entries.Id(5)]);
        _page.PartsAddress = PeerAddress.Create(IPAddress.Parse(ip), 9003);

        var message = Messages.Page(MessageBounds.MaxVersion, _page, session);

        PageMessage.TryReadHeader(message, out var header).Should().BeTrue();
        header.Should().Be(new PageHeader(MessageBounds.MaxVersion, 3, 2));
        PageMessage.TryRead(message, _read, out var read).Should().BeTrue();
        read.Should().Be(session);
        RowsOf(_read).Should().Equal(RowsOf(_page));
        _read.Parts.Should().Equal(_page.Parts);
        (_read.Owner, _read.Since, _read.PartsAddress).Should().Be((_page.Owner, _page.Since, _page.PartsAddress));
    }

    [Fact]
    public void Largest_page_fits_the_bound_exactly()
    {
        _page.Owner = 1;
        var name = string.Join('/', Enumerable.Repeat(new string('x', 204), 5));
        for (var i = 0; i < RegistryPage.MaxItems; i++)
            Add(name, "2001:db8::7", 9001, 1);
        name.Length.Should().Be(Limits.MaxFileNameBytes);
        var user = Messages.User(string.Concat(Enumerable.Repeat("😀", Limits.MaxUserNameCharacters)));

        var message = Messages.Page(1, _page, new SessionDescription(user, Key));

        message.Should().HaveCount(MessageBounds.MaxPageBytes);
        PageMessage.TryRead(message, _read, out _).Should().BeTrue();
        PageMessage.TryReadHeader(new byte[MessageBounds.MaxPageBytes + 1], out _).Should().BeFalse();
    }

    [Fact]
    public void Tombstone_is_a_header_alone()
    {
        var message = Messages.Tombstone(7);

        message.Should().HaveCount(MessageBounds.PageHeaderBytes);
        PageMessage.TryReadHeader(message, out var header).Should().BeTrue();
        header.IsTombstone.Should().BeTrue();
        PageMessage.TryReadHeader((byte[])[.. message, 0], out _).Should().BeFalse();
        PageMessage.TryRead(message, _read, out _).Should().BeFalse("there is nothing to read");
    }

    [Fact]
    public void Every_truncation_and_a_trailing_byte_are_refused()
    {
        var message = Sample();

        for (var length = 0; length < message.Length; length++)
            PageMessage.TryRead(message.AsMemory(0, length), _read, out _).Should().BeFalse("{0} bytes are too few", length);
        PageMessage.TryRead((byte[])[.. message, 0], _read, out _).Should().BeFalse();
    }

    [Fact]
    public void Whatever_one_changed_byte_makes_of_a_page_is_refused_or_written_as_it_was_read()
    {
        var message = Sample();
        for (var place = 0; place < message.Length; place++)
        {
            for (var value = 0; value < 256; value++)
            {
                var changed = message.ToArray();
                changed[place] = (byte)value;
                if (PageMessage.TryRead(changed, _read, out var session) && PageMessage.TryReadHeader(changed, out var header))
                    Messages.Page(header.Version, _read, session).Should().Equal(changed);
            }
        }
    }

    [Theory]
    [InlineData("format", 0, 2)]
    [InlineData("sign of the version", 8, 0x80)]
    [InlineData("entries", 9, 65)]
    [InlineData("more entries than there are", 9, 3)]
    [InlineData("parts", 10, 64)]
    [InlineData("session", 11 + 5, 1)]
    [InlineData("sign of since", 19 + 7, 0x80)]
    [InlineData("length of the user", 27, 0)]
    [InlineData("control character in the user", 29, 7)]
    [InlineData("flag of the key", 33, 2)]
    [InlineData("length of the IP address", 34, 5)]
    [InlineData("multicast IP address", 35, 224)]
    [InlineData("unspecified IP address", 35, 0)]
    public void Field_out_of_bounds_is_refused(string field, int place, int value)
    {
        var message = Sample();
        message[place] = (byte)value;
        if (field == "length of the user")
            message = [.. message[..29], .. message[33..]];

        PageMessage.TryRead(message, _read, out _).Should().BeFalse("of the {0}", field);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a//b")]
    [InlineData("e\u0301")]
    [InlineData("a\nb")]
    [InlineData("PROTO_VERSION 1")]
    public void Name_that_no_session_can_share_is_refused(string name)
    {
        _page.Owner = 1;
        _page.Rows.Add(1, System.Text.Encoding.UTF8.GetBytes(name), IPAddress.Loopback, 1, null);

        PageMessage.TryRead(Messages.Page(1, _page, new SessionDescription(Messages.User("x"), null)), _read, out _).Should().BeFalse();
    }

    [Fact]
    public void Port_0_and_an_IPv4_address_in_IPv6_form_are_refused()
    {
        _page.Owner = 1;
        _page.Parts.Add(Entries.Id(1));
        _page.PartsAddress = PeerAddress.Create(IPAddress.Loopback, 1);
        var message = Messages.Page(1, _page, new SessionDescription(Messages.User("x"), null));
        PageMessage.TryRead(message, _read, out _).Should().BeTrue();
        var port = message.Length - Limits.HashBytes - 2;

        PageMessage.TryRead((byte[])[.. message[..port], 0, 0, .. message[(port + 2)..]], _read, out _).Should().BeFalse();
        byte[] mapped = [16, .. new byte[10], 0xFF, 0xFF, 127, 0, 0, 1];
        PageMessage.TryRead((byte[])[.. message[..(port - 5)], .. mapped, .. message[port..]], _read, out _).Should().BeFalse();
    }

    [Fact]
    public void Only_the_empty_file_has_size_0_and_the_id_of_zeros()
    {
        _page.Owner = 1;
        Add("a", "192.0.2.1", 1, 1);
        var message = Messages.Page(1, _page, new SessionDescription(Messages.User("x"), null));

        message[^8] = 0;
        PageMessage.TryRead(message, _read, out _).Should().BeFalse("a file of no bytes has no other id");
        message[^8] = 1;
        message[^1] = 1;
        PageMessage.TryRead(message, _read, out _).Should().BeFalse("the size is beyond 4 TiB");
    }

    private static byte[] Sample()
    {
        var message = Messages.Page(1, 1, ["a", "bc"], 9);
        message[27].Should().Be(4, "the length of the user is there");
        message[34].Should().Be(4, "the length of the IP address is there");
        return message;
    }

    private static List<(long Owner, string Name, PeerAddress Address, FileIdentity? Identity)> RowsOf(RegistryPage page) =>
        [.. Enumerable.Range(0, page.Rows.Count).Select(i => page.Rows[i])
            .Select(row => (row.Owner, row.Name.ToString(), row.Address, row.Identity))];

    private void Add(string name, string ip, int port, int? content) =>
        _page.Rows.Add(_page.Owner, Entries.Name(name).Utf8.Span, IPAddress.Parse(ip), port, Entries.Content(content));
}
