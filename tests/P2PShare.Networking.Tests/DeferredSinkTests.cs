using P2PShare.Testing;
using Serilog;

namespace P2PShare.Networking.Tests;

/// <summary>Whoever logs does not wait for the log to be there, and nothing is lost or out of order for it.</summary>
public sealed class DeferredSinkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Nothing_is_opened_for_a_log_without_events()
    {
        var sink = new DeferredSink(() => throw new InvalidOperationException("opened"));

        sink.Invoking(one => one.Dispose()).Should().NotThrow();
    }

    [Fact]
    public async Task Events_wait_for_the_sink_in_their_order_and_later_ones_follow_them()
    {
        var kept = new RecordedLog();
        using var gate = new ManualResetEventSlim();
        using var log = new LoggerConfiguration().WriteTo.Sink(new DeferredSink(() =>
        {
            gate.Wait(Patience);
            return new LoggerConfiguration().WriteTo.Sink(kept).CreateLogger();
        })).CreateLogger();

        log.Information("first");
        log.Information("second");
        kept.Lines.Should().BeEmpty("nothing is open yet, and nobody waited");
        gate.Set();
        await Eventually.True(() => kept.Lines.Count == 2, "those who waited to be written");
        log.Information("third");

        kept.Lines.Should().Equal("first", "second", "third");
    }

    [Fact]
    public void The_end_waits_until_everything_is_written()
    {
        var kept = new RecordedLog();
        using (var log = new LoggerConfiguration().WriteTo.Sink(new DeferredSink(() => new LoggerConfiguration().WriteTo.Sink(kept).CreateLogger())).CreateLogger())
            log.Information("only");

        kept.Lines.Should().Equal("only");
    }
}
