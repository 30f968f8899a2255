using P2PShare.Peer.Uploads;
using P2PShare.Protocol;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Uploads;

/// <summary>How many requesters that watch are served at once while others wait.</summary>
public sealed class UploadCapacityTests
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly ManualTimeProvider _time = new();
    private readonly UploadCapacity _capacity;

    public UploadCapacityTests() => _capacity = new UploadCapacity(UploadLimits.Slots, _time);

    [Fact]
    public void Capacity_is_2_and_stays_so_while_nobody_waits()
    {
        _capacity.Current.Should().Be(2);
        for (var period = 0; period < 10; period++)
        {
            _time.Advance(Period);
            _capacity.Note(1_000_000_000L << period, isContended: false);
        }

        _capacity.Current.Should().Be(2);
    }

    [Fact]
    public void Capacity_is_raised_once_a_period_and_not_before_its_end()
    {
        _time.Advance(Period - TimeSpan.FromMilliseconds(1));
        _capacity.Note(1_000_000_000, isContended: true);
        _capacity.Current.Should().Be(2);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        _capacity.Note(1_000_000_000, isContended: true);
        _capacity.Current.Should().Be(3);
        _capacity.Note(1_000_000_000, isContended: true);
        _capacity.Current.Should().Be(3);
    }

    [Fact]
    public void Period_lasts_until_15_pieces_were_sent_for_each_upload_at_once()
    {
        _time.Advance(10 * Period);
        for (var pieces = 0; pieces < 29; pieces++)
            _capacity.Note(Limits.PieceBytes, isContended: true);
        _capacity.Current.Should().Be(2);

        _capacity.Note(Limits.PieceBytes, isContended: true);

        _capacity.Current.Should().Be(3);
    }

    [Fact]
    public void Capacity_grows_while_the_rate_rises_up_to_all_slots()
    {
        var seen = new List<int>();
        var rate = 1e9;
        for (var period = 0; period < 12; period++, rate *= 1.2)
        {
            SendFor(Period, rate);
            seen.Add(_capacity.Current);
        }

        seen.Should().Equal(3, 4, 6, 9, 13, 19, 28, 32, 32, 32, 32, 32);
    }

    [Fact]
    public void Capacity_falls_back_where_the_rate_does_not_rise_and_is_not_raised_for_20_s()
    {
        SendFor(Period, 1e9);
        SendFor(Period, 1.2e9);
        _capacity.Current.Should().Be(4);

        SendFor(Period, 1.3e9);

        _capacity.Current.Should().Be(3, "1.3 is less than 15 percent above 1.2");
        for (var period = 0; period < 9; period++)
        {
            SendFor(Period, 1e9);
            _capacity.Current.Should().Be(3);
        }

        SendFor(Period, 1e9);
        _capacity.Current.Should().Be(4, "20 s have passed");
        SendFor(Period, 1e9);
        _capacity.Current.Should().Be(3);
    }

    [Fact]
    public void Trial_that_ends_because_nobody_waits_is_taken_back()
    {
        SendFor(Period, 1e9);
        _capacity.Current.Should().Be(3);

        _capacity.Note(1_000_000_000, isContended: false);

        _capacity.Current.Should().Be(2);
    }

    [Fact]
    public void Bytes_sent_while_nobody_waits_do_not_count_for_the_next_period()
    {
        SendFor(Period, 1e9);
        SendFor(Period, 2e9);
        _capacity.Current.Should().Be(4);
        _capacity.Note(1_000_000_000, isContended: false);
        _capacity.Current.Should().Be(3);

        SendFor(Period, 1e9);
        SendFor(Period, 1.1e9);

        _capacity.Current.Should().Be(3);
    }

    /// <summary>Several uploads share a line, and none makes it faster, whatever the pieces that end in a short time suggest.</summary>
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(30)]
    public void Capacity_stays_small_over_a_line_of_fixed_rate(double piecesPerSecond)
    {
        const double Step = 0.05;
        var left = new List<double>();
        var highest = 0;
        for (var now = 0.0; now < 600; now += Step)
        {
            while (left.Count < _capacity.Current)
                left.Add(1);
            var each = piecesPerSecond * Step / left.Count;
            for (var upload = left.Count - 1; upload >= 0; upload--)
            {
                if ((left[upload] -= each) > 0)
                    continue;
                left.RemoveAt(upload);
                _capacity.Note(Limits.PieceBytes, isContended: true);
            }

            _capacity.Note(0, isContended: true);
            _time.Advance(TimeSpan.FromSeconds(Step));
            highest = Math.Max(highest, _capacity.Current);
        }

        highest.Should().BeLessThanOrEqualTo(4);
    }

    private void SendFor(TimeSpan duration, double bytesPerSecond)
    {
        _time.Advance(duration);
        _capacity.Note((long)(bytesPerSecond * duration.TotalSeconds), isContended: true);
    }
}
