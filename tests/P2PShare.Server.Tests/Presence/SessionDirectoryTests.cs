using System.Net;
using System.Text;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Presence;

namespace P2PShare.Server.Tests.Presence;

public sealed class SessionDirectoryTests
{
    private static readonly IPAddress Ip = IPAddress.Parse("192.0.2.1");

    private readonly SessionDirectory _directory = new();

    [Fact]
    public void Session_is_found_under_the_ports_that_it_announced_and_under_no_other_address()
    {
        Session("ayse").Announced(9001);
        Session("can", "192.0.2.2").Announced(9002);

        UsersAt(9001).Should().Equal("ayse");
        UsersAt(9002).Should().BeEmpty();
        UsersAt(9001, "192.0.2.2").Should().BeEmpty();
    }

    [Fact]
    public void Sessions_of_one_address_are_found_newest_first_and_at_most_eight()
    {
        var sessions = Enumerable.Range(0, 10).Select(number => Session($"user {number}")).ToList();
        sessions.ForEach(session => session.Announced(9001));
        UsersAt(9001).Should().Equal(Enumerable.Range(2, Limits.MaxWhoisRows).Reverse().Select(number => $"user {number}"));

        foreach (var number in new[] { 9, 0, 5 })
            sessions[number].Leave();

        UsersAt(9001).Should().Equal(new[] { 8, 7, 6, 4, 3, 2, 1 }.Select(number => $"user {number}"));
        sessions.ForEach(session => session.Leave());
        UsersAt(9001).Should().BeEmpty();
        _directory.Count.Should().Be(0);
    }

    [Fact]
    public void Session_is_found_under_its_last_four_ports_only()
    {
        var session = Session("ayse");
        for (var port = 1; port <= 5; port++)
            session.Announced(port);
        session.Announced(2);

        Enumerable.Range(1, 5).Where(port => UsersAt(port).Count == 1).Should().Equal(2, 3, 4, 5);
        _directory.Count.Should().Be(SessionPresence.MaxPorts);
        session.Leave();
        _directory.Count.Should().Be(0);
    }

    [Fact]
    public void Port_that_is_announced_again_keeps_its_one_row()
    {
        var session = Session("ayse");
        foreach (var port in new[] { 1, 2, 1, 2, 1 })
            session.Announced(port);

        UsersAt(1).Should().Equal("ayse");
        _directory.Count.Should().Be(2);
    }

    [Fact]
    public void Session_that_was_replaced_does_not_come_back()
    {
        var session = Session("ayse");
        session.Announced(1);
        session.Leave();

        session.Announced(2);
        session.Leave();

        _directory.Count.Should().Be(0);
    }

    [Fact]
    public void Row_shows_the_last_name_and_the_key()
    {
        var key = KeyFingerprint.OfHash(new byte[Limits.HashBytes]);
        var session = Session("ayse", key: key);
        session.Announced(1);
        session.Rename(User("can"));

        var row = _directory.Find(PeerAddress.Create(Ip, 1)).Should().ContainSingle().Subject;
        (row.User.Text, row.Key).Should().Be(("can", key));
    }

    [Fact]
    public void Many_threads_enter_and_leave_and_nothing_remains()
    {
        Parallel.For(0, 64, number =>
        {
            for (var round = 0; round < 50; round++)
            {
                var session = Session($"user {number}");
                for (var port = 1; port <= 6; port++)
                    session.Announced(port);
                UsersAt(6).Count.Should().BeInRange(1, Limits.MaxWhoisRows);
                session.Leave();
            }
        });

        _directory.Count.Should().Be(0);
        UsersAt(6).Should().BeEmpty();
    }

    private SessionPresence Session(string user, string ip = "192.0.2.1", KeyFingerprint? key = null)
    {
        var session = new SessionPresence(_directory, IPAddress.Parse(ip), key);
        session.Rename(User(user));
        return session;
    }

    private static UserName User(string text)
    {
        UserName.TryParse(Encoding.UTF8.GetBytes(text), out var user, out _).Should().BeTrue();
        return user;
    }

    private List<string> UsersAt(int port, string ip = "192.0.2.1") =>
        [.. _directory.Find(PeerAddress.Create(IPAddress.Parse(ip), port)).Select(row => row.User.Text)];
}
