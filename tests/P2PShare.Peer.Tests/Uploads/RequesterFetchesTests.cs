using System.Net;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Uploads;

public sealed class RequesterFetchesTests
{
    private static readonly IPAddress Requester = IPAddress.Parse("192.0.2.1");
    private static readonly FileName Name = SharingPeer.NameOf("a");

    private readonly ManualTimeProvider _time = new();
    private readonly RequesterFetches _fetches;
    private readonly List<RequesterFetch> _began = [];
    private readonly List<RequesterFetch> _ended = [];

    public RequesterFetchesTests()
    {
        _fetches = new RequesterFetches(_time);
        _fetches.Began += _began.Add;
        _fetches.Ended += _ended.Add;
    }

    [Fact]
    public void Connections_of_one_requester_for_one_content_are_one_fetch_which_ends_with_the_last_of_them()
    {
        var (first, second) = (Begin(Requester, 1), Begin(Requester, 1));
        second.Should().BeSameAs(first);
        first.Note(1000, _time.GetTimestamp());
        PassSecond();
        _began.Should().Equal(first);

        _fetches.End(first);
        PassSecond();
        _ended.Should().BeEmpty();
        _fetches.Of(IdOf(1)).Should().Equal(first);
        _fetches.End(second);
        PassSecond();

        _ended.Should().Equal(first);
        first.HasEnded.Should().BeTrue();
        _fetches.Of(IdOf(1)).Should().BeEmpty();
        Begin(Requester, 1).Should().NotBeSameAs(first, "it is another fetch");
    }

    [Fact]
    public void Another_requester_and_another_content_are_other_fetches()
    {
        var one = Begin(Requester, 1);
        var other = Begin(IPAddress.Parse("192.0.2.2"), 1);
        Begin(Requester, 2).Should().NotBeSameAs(one);

        _fetches.Of(IdOf(1)).Should().Equal(one, other);
    }

    [Fact]
    public void Fetch_ends_when_nothing_was_sent_for_10_s()
    {
        var fetch = Begin(Requester, 1);
        for (var second = 0; second < 30; second++)
        {
            fetch.Note(1, _time.GetTimestamp());
            PassSecond();
        }

        for (var second = 0; second < 9; second++)
            PassSecond();
        _ended.Should().BeEmpty();
        PassSecond();

        _ended.Should().Equal(fetch);
    }

    [Fact]
    public void Fetch_does_not_end_while_a_slow_requester_takes_what_is_being_sent()
    {
        var fetch = Begin(Requester, 1);
        fetch.BeginSending();
        for (var second = 0; second < 60; second++)
            PassSecond();
        _ended.Should().BeEmpty();

        fetch.EndSending();
        PassSecond();

        _ended.Should().Equal(fetch);
    }

    [Fact]
    public void Rate_follows_what_was_sent()
    {
        var fetch = Begin(Requester, 1);
        for (var second = 0; second < 10; second++)
        {
            fetch.Note(5000, _time.GetTimestamp());
            PassSecond();
        }

        fetch.Bytes.Should().Be(50_000);
        fetch.BytesPerSecond.Should().BeApproximately(5000, 1);
        for (var second = 0; second < 8; second++)
            PassSecond();
        fetch.BytesPerSecond.Should().BeLessThan(100);
    }

    [Fact]
    public void Fetches_that_begin_are_bounded_in_each_second_and_in_all()
    {
        var kept = 0;
        for (var second = 0; second < 100; second++)
        {
            for (var file = 0; file < 1000; file++)
                kept += _fetches.Begin(Requester, Name, IdOf(second * 1000 + file)) is null ? 0 : 1;
            _fetches.Look();
            kept.Should().BeLessThanOrEqualTo((second + 1) * 50);
        }

        kept.Should().Be(1000);
        _began.Should().HaveCount(1000);
    }

    private RequesterFetch Begin(IPAddress requester, int content)
    {
        var fetch = _fetches.Begin(requester, Name, IdOf(content));
        fetch.Should().NotBeNull();
        return fetch!;
    }

    private void PassSecond()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        _fetches.Look();
    }

    private static FileId IdOf(int content) =>
        FileId.TryParse(System.Text.Encoding.ASCII.GetBytes(content.ToString("x64", null)), out var id)
            ? id
            : throw new InvalidOperationException();
}
