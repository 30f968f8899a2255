using P2PShare.Server.Guards;
using P2PShare.Testing;
using Serilog;
using Serilog.Core;

namespace P2PShare.Server.Tests.Guards;

public sealed class RefusalLogTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly RecordedLog _kept = new();
    private readonly Logger _log;
    private readonly RefusalLog _refusals;

    public RefusalLogTests()
    {
        _log = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(_kept).CreateLogger();
        _refusals = new RefusalLog(_time);
    }

    public void Dispose() => _log.Dispose();

    [Fact]
    public void A_refusal_is_logged_with_its_reason()
    {
        _refusals.Write(_log, "unknown command", () => "MERHABA");

        _kept.Lines.Should().Equal("refused (unknown command): MERHABA");
    }

    [Fact]
    public void Two_hundred_at_once_and_twenty_per_second_are_logged_and_the_others_are_counted()
    {
        var asked = 0;
        void Refuse(int times)
        {
            for (var i = 0; i < times; i++)
                _refusals.Write(_log, "unknown command", () => $"{++asked}");
        }

        Refuse(1000);
        _kept.Lines.Should().HaveCount(200);
        asked.Should().Be(200, "a line that is not logged is not made printable either");

        _time.Advance(TimeSpan.FromSeconds(1));
        Refuse(100);
        _kept.Lines.Should().HaveCount(221);
        _kept.Lines[200].Should().Be("800 refusals were not logged");

        _time.Advance(TimeSpan.FromHours(1));
        Refuse(1000);
        _kept.Lines.Should().HaveCount(221 + 201);
    }
}
