using System.Text;
using P2PShare.Protocol.Grammar;
using P2PShare.Server.Metrics;

namespace P2PShare.Server.Tests.Metrics;

/// <summary>What a session adds to the counters.</summary>
public sealed class SessionTallyTests
{
    private const string Id = "de208334b2d386b0f38c8f3123c149ace9cba507cbe33a89dd28958efb98ee4f";

    [Theory]
    [InlineData("REGISTER", "REGISTER yigido", nameof(Outcome.Ok))]
    [InlineData("REGISTER", "REGISTER \u0001", nameof(Outcome.Refused))]
    [InlineData("ANNOUNCE", "ANNOUNCE a 1", nameof(Outcome.Ok))]
    [InlineData("ANNOUNCE", "ANNOUNCE a 0", nameof(Outcome.Refused))]
    [InlineData("REQUEST", "REQUEST shared", nameof(Outcome.Ok))]
    [InlineData("REQUEST", "REQUEST missing", nameof(Outcome.NotFound))]
    [InlineData("REQUEST", "REQUEST", nameof(Outcome.Refused))]
    [InlineData("LOCATE", "LOCATE shared", nameof(Outcome.Ok))]
    [InlineData("LOCATE", "LOCATE missing", nameof(Outcome.NotFound))]
    [InlineData("LOCATE_ID", "LOCATE_ID " + Id, nameof(Outcome.NotFound))]
    [InlineData("WITHDRAW", "WITHDRAW shared", nameof(Outcome.Ok))]
    [InlineData("WITHDRAW", "WITHDRAW missing", nameof(Outcome.NotFound))]
    [InlineData("WITHDRAW_PART", "WITHDRAW_PART " + Id, nameof(Outcome.NotFound))]
    [InlineData("LIST_FILES", "LIST_FILES", nameof(Outcome.Ok))]
    [InlineData("PING", "PING", nameof(Outcome.Ok))]
    [InlineData("PROTO_VERSION", "PROTO_VERSION 1.0", nameof(Outcome.Refused))]
    [InlineData(null, "NONSENSE", nameof(Outcome.Refused))]
    public async Task A_request_is_counted_by_its_verb_and_outcome(string? word, string line, string outcomeName)
    {
        var outcome = Enum.Parse<Outcome>(outcomeName);
        var verb = word is null ? Verb.Unknown : Verbs.Split(Encoding.UTF8.GetBytes(word), out _);
        await using var session = await RunningSession.GreetedAsync();
        await session.Client.AskAsync("ANNOUNCE shared 1");
        var counters = session.Services.Counters!;
        var before = counters.Requests(verb, outcome);

        await session.Client.AskAsync(line);
        await session.Client.AskAsync("PING");
        session.CloseOutput();
        await session.EndAsync();

        counters.Requests(verb, outcome).Should().Be(before + (line == "PING" ? 2 : 1));
        Total(counters).Should().Be(5, "a request is counted once: PROTO_VERSION, REGISTER, ANNOUNCE, this one and PING");
    }

    [Fact]
    public async Task A_first_line_of_another_protocol_is_a_refused_version()
    {
        await using var session = new RunningSession();

        await session.Client.AskAsync("GET / HTTP/1.1");
        session.CloseOutput();
        await session.EndAsync();

        session.Services.Counters!.Requests(Verb.ProtoVersion, Outcome.Refused).Should().Be(1);
        session.Services.Refusals.Counts.Should().Equal(new Dictionary<string, long> { ["not this protocol"] = 1 });
    }

    [Fact]
    public async Task Every_byte_both_ways_is_counted()
    {
        await using var session = await RunningSession.GreetedAsync();
        await session.Client.AskAsync("ANNOUNCE a 1");
        var counters = session.Services.Counters!;
        var (received, sent) = (counters.ReceivedBytes, counters.SentBytes);

        await session.Client.SendAsync("REQUEST a\nREQUEST b\nLIST_FILES\nhalf");
        session.CloseOutput();
        await session.EndAsync();

        (counters.ReceivedBytes - received).Should().Be("REQUEST a\nREQUEST b\nLIST_FILES\nhalf".Length);
        (counters.SentBytes - sent).Should().Be("FOUND 127.0.0.1 1\nNOT_FOUND\na 127.0.0.1 1\nLIST_END\n".Length);
    }

    [Fact]
    public async Task Requests_that_come_together_have_one_latency_each()
    {
        await using var session = await RunningSession.GreetedAsync();
        await session.Client.SendAsync("PING\nPING\nPING\n");
        session.CloseOutput();
        await session.EndAsync();

        var counters = session.Services.Counters!;
        Enumerable.Range(0, LatencyBuckets.Count).Sum(counters.RequestsInBucket).Should().Be(5);
        counters.RequestsInBucket(0).Should().Be(5, "the clock stood still");
    }

    [Fact]
    public async Task A_line_that_is_too_long_and_a_token_that_is_none_are_counted_as_refusals()
    {
        await using var session = await RunningSession.GreetedAsync();
        (await session.Client.AskAsync("RESUME x")).Should().StartWith("RESUME_FAIL ");
        await session.Client.SendAsync(new string('x', 5000));
        (await session.Client.ReadAsync()).Should().Be("ERROR line too long");

        session.Services.Refusals.Counts.Should().HaveCount(2).And.Contain("line too long", 1);
    }

    private static long Total(ServerCounters counters) =>
        Enum.GetValues<Verb>().Sum(verb => Enum.GetValues<Outcome>().Sum(outcome => counters.Requests(verb, outcome)));
}
