using System.Net;
using P2PShare.Client.Cli.Display;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Client.Tests.Cli.Display;

/// <summary>What the user sees of a download and of hashing while they run.</summary>
public sealed class DownloadDisplayTests
{
    private const long MiB = 1024 * 1024;

    // The display passes the outcome through; any will do.
    private static readonly DownloadOutcome Ended = new DownloadOutcome.FoldersUnsupported(default);

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("plain.txt", "plain.txt")]
    [InlineData("[red]a[/].txt", "[red]a[/].txt")]
    [InlineData("[/]", "[/]")]
    [InlineData(":bomb: a.txt", ":bomb: a.txt")]
    [InlineData("yaz tatili ğüşıöç.txt", "yaz tatili ğüşıöç.txt")]
    [InlineData("文件名.txt", "文件名.txt")]
    [InlineData("a\u00adb", "a\\u{ad}b")]
    [InlineData(" ", "100%")]
    [InlineData("\u3000", "100%")]
    public async Task The_bar_shows_any_name_unchanged(string name, string shown)
    {
        var test = TestScreen.OfTerminal(width: 120);

        await DrawAsync(test, name);

        test.Output.Should().Contain(shown).And.Contain("100%").And.Contain("3 MiB/3 MiB");
    }

    [Theory]
    [InlineData('x')]
    [InlineData('文')]
    public async Task A_very_long_name_is_cut_to_leave_room_for_the_figures_on_80_columns(char letter)
    {
        var test = TestScreen.OfTerminal(width: 80);

        await DrawAsync(test, new string(letter, 250) + ".iso");

        var bar = test.OutputLines.Last(line => line.Contains("100%", StringComparison.Ordinal));
        bar.Should().Contain($"…{letter}").And.Contain(".iso").And.Contain("3 MiB/3 MiB");
        TextTable.WidthOf(bar.TrimEnd()).Should().BeLessThanOrEqualTo(80);
    }

    [Fact]
    public async Task Bytes_of_an_earlier_run_do_not_count_for_the_rate()
    {
        var test = TestScreen.OfPipe();
        var display = new DownloadDisplay(test.Screen, test.Screen, "a", _time);

        await display.ShowAsync(() =>
        {
            display.Report(new DownloadProgress(900 * MiB, 1000 * MiB, 0, 1, 1));
            _time.Advance(TimeSpan.FromSeconds(5));
            display.Report(new DownloadProgress(910 * MiB, 1000 * MiB, 0, 1, 1));
            return Task.FromResult(Ended);
        });

        test.OutputLines.Should().Equal("a: 910 MiB of 1000 MiB (91 %), 2 MiB/s from 1 owner, 45.0 s left");
    }

    [Fact]
    public void The_rate_is_that_of_the_last_ten_seconds()
    {
        var rate = new TransferRate(_time);
        rate.PerSecond.Should().Be(0);
        for (var second = 0; second <= 60; second++)
        {
            rate.Add(second <= 40 ? second * 100 : 4000 + ((second - 40) * 10));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        rate.PerSecond.Should().BeInRange(9, 10);
        _time.Advance(TimeSpan.FromMinutes(1));
        rate.PerSecond.Should().BeLessThan(2, "no byte has come since");
    }

    [Fact]
    public async Task An_event_is_printed_above_the_bar()
    {
        var test = TestScreen.OfTerminal();
        var display = new DownloadDisplay(test.Screen, test.Screen, "a", _time);

        await display.ShowAsync(() =>
        {
            display.Notify(new DownloadEvent.OwnerRejected(PeerAddress.Create(IPAddress.Loopback, 9001), "[b]it[/] sent wrong bytes"));
            return Task.FromResult(Ended);
        });

        test.OutputLines.Should().Contain(line => line.Contains("Owner 127.0.0.1:9001 is left out: [b]it[/] sent wrong bytes."));
    }

    [Fact]
    public async Task In_a_pipe_the_progress_is_a_line_every_five_seconds()
    {
        var test = TestScreen.OfPipe();
        var display = new DownloadDisplay(test.Screen, test.Screen, "a\u001b[2J", _time);

        await display.ShowAsync(() =>
        {
            display.Report(new DownloadProgress(2 * MiB, 22 * MiB, 0, 1, 2));
            for (var second = 1; second <= 10; second++)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                display.Report(new DownloadProgress((2 + second) * MiB, 22 * MiB, 0, 1, 2));
            }

            return Task.FromResult(Ended);
        });

        test.OutputLines.Should().Equal(
            "a\\u{1b}[2J: 7 MiB of 22 MiB (32 %), 1 MiB/s from 2 owners, 15.0 s left",
            "a\\u{1b}[2J: 12 MiB of 22 MiB (55 %), 1 MiB/s from 2 owners, 10.0 s left");
    }

    [Fact]
    public async Task Without_a_known_size_no_percentage_is_shown()
    {
        var test = TestScreen.OfPipe();
        var display = new DownloadDisplay(test.Screen, test.Screen, "photos", _time);

        await display.ShowAsync(() =>
        {
            display.Report(new DownloadProgress(0, null, 0, 3, 1));
            _time.Advance(TimeSpan.FromSeconds(5));
            display.Report(new DownloadProgress(5 * MiB, null, 1, 3, 1));
            return Task.FromResult(Ended);
        });

        test.OutputLines.Should().Equal("photos: 5 MiB, 1 of 3 files, 1 MiB/s from 1 owner");
    }

    [Fact]
    public async Task Hashing_is_shown_only_after_half_a_second()
    {
        var test = TestScreen.OfPipe();
        var quick = new HashDisplay(test.Screen, "quick", () => throw new InvalidOperationException("nobody needs to know"), _time);
        (await quick.ShowAsync(Task.FromResult(1))).Should().Be(1);

        var hashing = new TaskCompletionSource<int>();
        var slow = new HashDisplay(test.Screen, "slow\u001b", () => 3 * MiB, _time).ShowAsync(hashing.Task);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await Eventually.True(() => test.OutputLines.Count > 0, "the line");
        hashing.SetResult(2);

        (await slow).Should().Be(2);
        test.OutputLines.Should().Equal("slow\\u{1b}: hashing 3 MiB ...");
    }

    [Theory]
    [InlineData("[red]a[/]")]
    [InlineData("")]
    public async Task Hashing_on_a_terminal_shows_a_bar_with_any_name(string name)
    {
        var test = TestScreen.OfTerminal(width: 120);
        var hashing = new TaskCompletionSource<int>();
        var display = new HashDisplay(test.Screen, name, () => 4 * MiB, TimeProvider.System);
        display.Report(MiB);

        var showing = display.ShowAsync(hashing.Task);
        await Eventually.True(() => test.Output.Contains("25%", StringComparison.Ordinal), "the bar");
        hashing.SetResult(1);

        await showing;
        test.Output.Should().Contain($"Hashing {name}");
    }

    private static async Task DrawAsync(TestScreen test, string name)
    {
        var display = new DownloadDisplay(test.Screen, test.Screen, name, TimeProvider.System);
        var outcome = new TaskCompletionSource<DownloadOutcome>();
        display.Report(new DownloadProgress(3 * MiB, 3 * MiB, 1, 1, 1));
        var showing = display.ShowAsync(() => outcome.Task);
        await Eventually.True(() => test.Output.Contains("100%", StringComparison.Ordinal), "the bar");
        outcome.SetResult(Ended);
        await showing;
    }
}
