using P2PShare.Protocol.Grammar;
using P2PShare.Server.Metrics;

namespace P2PShare.Server.Tests.Metrics;

public sealed class ServerCountersTests
{
    private readonly ServerCounters _counters = new();

    [Fact]
    public void What_many_threads_count_at_once_is_added_up_without_a_loss()
    {
        const int Threads = 40;
        const int Times = 20_000;
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(Count)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        _counters.Requests(Verb.Request, Outcome.Ok).Should().Be(Threads * Times);
        _counters.Requests(Verb.Request, Outcome.NotFound).Should().Be(2 * Threads * Times);
        _counters.ReceivedBytes.Should().Be(3L * Threads * Times);
        _counters.SentBytes.Should().Be(4L * Threads * Times);
        _counters.TotalLatency.Should().Be(TimeSpan.FromMicroseconds(10.0 * Threads * Times));

        void Count()
        {
            for (var i = 0; i < Times; i++)
            {
                _counters.AddRequests(Verb.Request, Outcome.Ok, 1);
                _counters.AddRequests(Verb.Request, Outcome.NotFound, 2);
                _counters.AddBytes(3, 4);
                _counters.AddLatency(TimeSpan.FromMicroseconds(10), 1);
            }
        }
    }

    [Fact]
    public void Each_verb_and_outcome_is_counted_by_itself()
    {
        foreach (var verb in Enum.GetValues<Verb>())
        {
            foreach (var outcome in Enum.GetValues<Outcome>())
                _counters.AddRequests(verb, outcome, 1 + (100 * (int)verb) + (int)outcome);
        }

        foreach (var verb in Enum.GetValues<Verb>())
        {
            foreach (var outcome in Enum.GetValues<Outcome>())
                _counters.Requests(verb, outcome).Should().Be(1 + (100 * (int)verb) + (int)outcome);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(25, 0)]
    [InlineData(25.1, 1)]
    [InlineData(1_000_000, 14)]
    [InlineData(1_000_000_000, 18)]
    public void A_latency_is_in_the_first_bucket_whose_bound_it_does_not_exceed(double microseconds, int bucket)
    {
        _counters.AddLatency(TimeSpan.FromMicroseconds(microseconds), 3);

        Enumerable.Range(0, LatencyBuckets.Count).Where(index => _counters.RequestsInBucket(index) > 0).Should().Equal(bucket);
        _counters.RequestsInBucket(bucket).Should().Be(3);
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        var tally = new SessionTally(_counters, TimeProvider.System);
        Run();

        P2PShare.Testing.Allocations.Of(Run).Should().Be(0);

        void Run()
        {
            for (var i = 0; i < 1000; i++)
                tally.Count(i % 3 == 0 ? Verb.Request : Verb.Ping, Outcome.Ok);
        }
    }
}
