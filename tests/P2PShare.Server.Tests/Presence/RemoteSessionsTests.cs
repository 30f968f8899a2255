using System.Net;
using System.Text;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Presence;

namespace P2PShare.Server.Tests.Presence;

public sealed class RemoteSessionsTests
{
    private const long Remote = 1L << 40;
    private static readonly IPAddress Ip = IPAddress.Parse("192.0.2.1");
    private static readonly KeyFingerprint Key = KeyFingerprint.OfHash(new byte[Limits.HashBytes]);

    private readonly SessionDirectory _directory = new();

    [Fact]
    public void Session_of_another_server_is_found_as_an_own_one_until_it_is_removed()
    {
        _directory.EnterRemote(Remote, Ip, 9001, new SessionDescription(User("ayse"), Key));
        _directory.EnterRemote(Remote, Ip, 9002, new SessionDescription(User("ayse"), Key));

        foreach (var port in new[] { 9001, 9002 })
        {
            var row = _directory.Find(PeerAddress.Create(Ip, port)).Should().ContainSingle().Subject;
            (row.User.Text, row.Key).Should().Be(("ayse", Key));
        }

        _directory.RemoveRemote(Remote);
        _directory.RemoveRemote(Remote);
        _directory.Count.Should().Be(0);
    }

    [Fact]
    public void Session_of_another_server_may_change_its_name_and_even_its_address()
    {
        _directory.EnterRemote(Remote, Ip, 9001, new SessionDescription(User("ayse"), null));
        _directory.EnterRemote(Remote, Ip, 9001, new SessionDescription(User("can"), null));
        _directory.Find(PeerAddress.Create(Ip, 9001)).Should().ContainSingle().Which.User.Text.Should().Be("can");

        _directory.EnterRemote(Remote, IPAddress.Loopback, 9001, new SessionDescription(User("can"), null));

        _directory.Find(PeerAddress.Create(Ip, 9001)).Should().BeEmpty();
        _directory.Find(PeerAddress.Create(IPAddress.Loopback, 9001)).Should().HaveCount(1);
    }

    [Fact]
    public void Own_session_is_described_from_its_registration_until_it_leaves()
    {
        var registered = new List<long>();
        _directory.Registered = registered.Add;
        var session = new SessionPresence(_directory, Ip, Key, 7);
        _directory.TryDescribe(7, out _).Should().BeFalse();

        session.Rename(User("ayse"));
        session.Rename(User("can"));

        _directory.TryDescribe(7, out var description).Should().BeTrue();
        description.Should().Be(new SessionDescription(User("can"), Key));
        registered.Should().Equal(7, 7);
        session.Leave();
        session.Rename(User("late"));
        _directory.TryDescribe(7, out _).Should().BeFalse();
    }

    private static UserName User(string text) =>
        UserName.TryParse(Encoding.UTF8.GetBytes(text), out var user, out var refusal) ? user : throw new ArgumentException(refusal);
}
