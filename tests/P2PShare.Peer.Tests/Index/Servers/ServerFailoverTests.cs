using System.Net;
using System.Net.Sockets;
using System.Text;
using P2PShare.Peer.Index;
using P2PShare.Peer.Index.Servers;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using Serilog;

namespace P2PShare.Peer.Tests.Index.Servers;

/// <summary>In which order servers are tried, and which of the learned ones are remembered.</summary>
public sealed class ServerFailoverTests
{
    private const string Key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string OtherKey = "ff23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private readonly RecordedLog _events = new();
    private readonly List<ServerCandidate> _tried = [];

    // What each server answers; those that are not here accept.
    private readonly Dictionary<string, Exception> _faults = [];
    private readonly ServerFailover _failover;

    public ServerFailoverTests() => _failover = Of("10.0.0.1:8080", "b.org:8080");

    private IEnumerable<string> Tried => _tried.Select(server => server.Name);

    [Fact]
    public async Task The_first_server_that_accepts_is_tried_first_the_next_time()
    {
        Fail("10.0.0.1:8080");

        await OpenAsync();
        await OpenAsync();

        Tried.Should().Equal("10.0.0.1:8080", "b.org:8080", "b.org:8080");
        _failover.CurrentName.Should().Be("b.org:8080");
    }

    [Fact]
    public async Task Learned_servers_are_tried_after_the_named_ones_in_the_order_of_the_answer()
    {
        await OpenAsync();
        Learn("SERVER 10.0.0.3:8080 -", $"SERVER 10.0.0.4:8080 {Key}");
        Fail("10.0.0.1:8080", "b.org:8080", "10.0.0.3:8080");

        await OpenAsync();

        Tried.Skip(1).Should().Equal("10.0.0.1:8080", "b.org:8080", "10.0.0.3:8080", "10.0.0.4:8080");
        _tried.Skip(1).Select(server => server.IsLearned).Should().Equal(false, false, true, true);
        _tried[^1].Key!.ToString().Should().Be(Key);
        _failover.CurrentName.Should().Be("10.0.0.4:8080");
    }

    [Fact]
    public async Task A_learned_server_that_accepted_is_tried_first_the_next_time_and_then_the_named_ones()
    {
        await MoveToLearnedAsync("10.0.0.3:8080");
        Learn("SERVER 10.0.0.4:8080 -");
        Fail("10.0.0.3:8080", "10.0.0.4:8080");
        _tried.Clear();

        await FailAsync<SocketException>();

        Tried.Should().Equal("10.0.0.3:8080", "10.0.0.1:8080", "b.org:8080", "10.0.0.4:8080");
    }

    [Fact]
    public async Task A_server_that_is_not_in_the_newest_answer_is_forgotten()
    {
        await OpenAsync();
        Learn("SERVER 10.0.0.3:8080 -", "SERVER 10.0.0.4:8080 -");
        Learn("SERVER 10.0.0.4:8080 -");
        Fail("10.0.0.1:8080", "b.org:8080", "10.0.0.4:8080");

        await FailAsync<SocketException>();

        Tried.Skip(1).Should().Equal("10.0.0.1:8080", "b.org:8080", "10.0.0.4:8080");
    }

    [Fact]
    public async Task A_named_server_is_not_forgotten_when_no_answer_names_it()
    {
        await MoveToLearnedAsync("10.0.0.3:8080");
        Learn();
        Fail("10.0.0.3:8080");
        _faults.Remove("b.org:8080");
        _tried.Clear();

        await OpenAsync();

        Tried.Should().Equal("10.0.0.3:8080", "10.0.0.1:8080", "b.org:8080");
    }

    [Fact]
    public async Task A_learned_server_that_accepted_is_forgotten_when_another_one_answers_without_it()
    {
        await MoveToLearnedAsync("10.0.0.3:8080");
        Fail("10.0.0.3:8080");
        _faults.Remove("10.0.0.1:8080");
        await OpenAsync();
        Learn("SERVER 10.0.0.4:8080 -");
        Fail("10.0.0.1:8080");
        _tried.Clear();

        await OpenAsync();

        Tried.Should().Equal("10.0.0.1:8080", "b.org:8080", "10.0.0.4:8080");
    }

    [Fact]
    public async Task A_learned_server_that_gave_the_newest_answer_is_tried_again_after_another_one_has_accepted()
    {
        await MoveToLearnedAsync("10.0.0.3:8080");
        Learn("SERVER 10.0.0.4:8080 -");
        Fail("10.0.0.3:8080");
        await OpenAsync();
        _failover.CurrentName.Should().Be("10.0.0.4:8080");
        Fail("10.0.0.4:8080");
        _faults.Remove("10.0.0.3:8080");

        await OpenAsync();

        _failover.CurrentName.Should().Be("10.0.0.3:8080");
    }

    [Theory]
    [InlineData("10.0.0.1:8080")]
    [InlineData("[::ffff:10.0.0.1]:8080")]
    [InlineData("B.org:8080")]
    public async Task A_learned_address_that_the_user_named_is_not_tried_twice_and_gets_no_key(string address)
    {
        await OpenAsync();
        Learn($"SERVER {address} {Key}");
        Fail("10.0.0.1:8080", "b.org:8080");

        await FailAsync<SocketException>();

        Tried.Skip(1).Should().Equal("10.0.0.1:8080", "b.org:8080");
        _tried.Should().OnlyContain(server => server.Key == null && !server.IsLearned);
    }

    [Fact]
    public async Task A_learned_address_that_is_named_twice_is_tried_once_with_its_first_key()
    {
        await OpenAsync();
        Learn($"SERVER a.org:1 {Key}", "SERVER a.org:2 -", $"SERVER A.org:1 {OtherKey}");
        Fail("10.0.0.1:8080", "b.org:8080", "a.org:1", "a.org:2");

        await FailAsync<SocketException>();

        Tried.Skip(3).Should().Equal("a.org:1", "a.org:2");
        _tried[3].Key!.ToString().Should().Be(Key);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_more_than_64_learned_servers_are_remembered_with_the_one_that_answered(bool isAnsweringLearned)
    {
        if (isAnsweringLearned)
            await MoveToLearnedAsync("10.0.0.3:8080");
        else
            await OpenAsync();
        string[] all = [.. Enumerable.Range(1, Limits.MaxServerRows + 1).Select(port => $"c.org:{port}")];
        Learn([.. all.Select(server => $"SERVER {server} -")]);
        Fail(["10.0.0.1:8080", "b.org:8080", "10.0.0.3:8080", .. all]);
        _tried.Clear();

        await FailAsync<SocketException>();

        _tried.Count(server => server.IsLearned).Should().Be(Limits.MaxServerRows);
    }

    [Fact]
    public async Task A_named_server_that_is_not_the_one_that_it_was_ends_the_attempt_before_any_learned_one()
    {
        await OpenAsync();
        Learn("SERVER 10.0.0.3:8080 -");
        _faults["10.0.0.1:8080"] = new EncryptionLostException("10.0.0.1:8080", "clear text");

        await FailAsync<EncryptionLostException>();

        Tried.Skip(1).Should().Equal("10.0.0.1:8080");
        _events.Lines.Should().BeEmpty("the user is told in another way");
    }

    [Fact]
    public async Task A_learned_server_with_another_key_is_skipped_and_told_once_in_the_log()
    {
        await OpenAsync();
        Learn($"SERVER 10.0.0.3:8080 {Key}", "SERVER 10.0.0.4:8080 -");
        Fail("10.0.0.1:8080", "b.org:8080");
        _faults["10.0.0.3:8080"] = new ServerKeyChangedException("10.0.0.3:8080", Fingerprint(Key), Fingerprint(OtherKey));
        await OpenAsync();
        _failover.CurrentName.Should().Be("10.0.0.4:8080");
        Learn($"SERVER 10.0.0.3:8080 {Key}");
        Fail("10.0.0.4:8080");
        await FailAsync<SocketException>();

        Tried.Count(server => server == "10.0.0.3:8080").Should().Be(2);
        _events.Lines.Should().ContainSingle(line => line.Contains("not trusted", StringComparison.Ordinal))
            .Which.Should().Contain("10.0.0.3:8080").And.Contain(Fingerprint(Key).Grouped).And.Contain(Fingerprint(OtherKey).Grouped);
    }

    [Fact]
    public async Task What_a_learned_server_refuses_does_not_hide_why_the_named_ones_do_not_answer()
    {
        await OpenAsync();
        Learn("SERVER 10.0.0.3:8080 -");
        Fail("10.0.0.1:8080", "b.org:8080");
        _faults["10.0.0.3:8080"] = new NotAMemberException();

        await FailAsync<SocketException>();
    }

    [Fact]
    public async Task A_learned_server_that_is_full_is_given_the_time_that_it_asks_for()
    {
        await OpenAsync();
        Learn("SERVER 10.0.0.3:8080 -");
        Fail("10.0.0.1:8080", "b.org:8080");
        _faults["10.0.0.3:8080"] = new ServerBusyException(30);

        await FailAsync<ServerBusyException>();
    }

    [Fact]
    public async Task Text_of_a_learned_server_is_made_harmless_in_the_log()
    {
        await OpenAsync();
        Learn("SERVER 10.0.0.3:8080 -");
        Fail("10.0.0.1:8080", "b.org:8080");
        _faults["10.0.0.3:8080"] = new UserRefusedException("no\r2026-01-01 [INF] all is well \u001b[2J");

        await FailAsync<SocketException>();

        _events.Lines.Should().ContainSingle().Which.Should().NotContainAny("\r", "\u001b");
    }

    private async Task MoveToLearnedAsync(string server)
    {
        await OpenAsync();
        Learn($"SERVER {server} -");
        Fail("10.0.0.1:8080", "b.org:8080");
        await OpenAsync();
        _failover.CurrentName.Should().Be(server);
    }

    private void Fail(params string[] servers)
    {
        foreach (var server in servers)
            _faults[server] = new SocketException((int)SocketError.ConnectionRefused);
    }

    private void Learn(params string[] rows) => _failover.Learn([.. rows.Select(Row)]);

    // The connection itself does not matter here.
    private Task<IndexConnection> OpenAsync() => _failover.OpenAsync(default);

    private Task FailAsync<TException>()
        where TException : Exception => _failover.Invoking(servers => servers.OpenAsync(default)).Should().ThrowAsync<TException>();

    private ServerFailover Of(params string[] servers)
    {
        var log = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(_events).CreateLogger();
        return new ServerFailover([.. servers.Select(EndPointOf)], TryAsync, log);
    }

    private Task<IndexConnection> TryAsync(ServerCandidate server, CancellationToken cancellation)
    {
        _tried.Add(server);
        return _faults.TryGetValue(server.Name, out var fault) ? throw fault : Task.FromResult<IndexConnection>(null!);
    }

    private static EndPoint EndPointOf(string text) =>
        ServerAddress.TryParse(text, 8080, out var server) ? server : throw new ArgumentException("no address", nameof(text));

    private static KeyFingerprint Fingerprint(string hex) => Row($"SERVER a:1 {hex}").Key!;

    private static ServerRow Row(string line) =>
        ServerRow.TryParse(Encoding.UTF8.GetBytes(line), out var row) ? row : throw new ArgumentException("no row", nameof(line));
}
