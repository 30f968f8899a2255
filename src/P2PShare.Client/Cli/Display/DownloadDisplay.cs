using P2PShare.Client.Cli.Json;
using P2PShare.Client.Text;
using P2PShare.Peer.Downloads.Reporting;
using Spectre.Console;

namespace P2PShare.Client.Cli.Display;

/// <summary>
/// Shows a download while it runs: a bar on a terminal, else a line every few seconds; in JSON a record four times a second. A job is
/// shown only where somebody asks for it.
/// </summary>
/// <param name="output">Where lines and records go.</param>
/// <param name="screen">Where a bar may be drawn; null for a job.</param>
/// <param name="title">The name of what is fetched.</param>
/// <param name="time">The clock.</param>
internal sealed class DownloadDisplay(IOutput output, Screen? screen, string title, TimeProvider time)
    : IDownloadObserver, ITransferProgress
{
    // Columns of the terminal for the bar, the percentage and the figures, and the spaces between.
    private const int BarWidth = 12;
    private const int ColumnsBesideName = 64;

    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenRecords = TimeSpan.FromMilliseconds(250);
    private readonly Lock _lock = new();
    private readonly TransferRate _rate = new(time);
    private readonly TransferRate _sendRate = new(time);
    private DownloadProgress? _latest;
    private long _lastLine = time.GetTimestamp();

    public long? Bytes => Latest().Progress?.Bytes;

    public long? TotalBytes => Latest().Progress?.TotalBytes;

    public double BytesPerSecond => Latest().Rate;

    public string Text
    {
        get
        {
            lock (_lock)
                return _latest is { } progress ? FiguresOf(progress) : "";
        }
    }

    private bool DrawsBar => screen is { IsTerminal: true };

    public void Report(DownloadProgress progress)
    {
        lock (_lock)
        {
            _latest = progress;
            _rate.Add(progress.Bytes);
            _sendRate.Add(progress.SentBytes);
            if (DrawsBar || time.GetElapsedTime(_lastLine) < (output.IsJson ? BetweenRecords : BetweenLines))
                return;
            _lastLine = time.GetTimestamp();
        }

        if (output.IsJson)
            output.Record(DownloadRecords.Of(title, progress, BytesPerSecond));
        else if (screen is not null)
            output.Text($"{Screen.Safe(title)}: {Text}");
    }

    public void Notify(DownloadEvent happened) => output.Notice(DownloadRecords.CodeOf(happened), DownloadText.Of(happened));

    /// <summary>Runs the download and shows it until it ends.</summary>
    public async Task<DownloadOutcome> ShowAsync(Func<Task<DownloadOutcome>> download)
    {
        if (!DrawsBar)
            return await download();
        var running = download();
        await screen!.DrawAsync(console => console.Progress()
            .AutoClear(true)
            .HideCompleted(false)
            .Columns(
                new TextColumn(Caption, ColumnsBesideName),
                new ProgressBarColumn { Width = BarWidth },
                new PercentageColumn(),
                new TextColumn(Figures))
            .StartAsync(context => RefreshAsync(context, running)));
        return await running;
    }

    private async Task RefreshAsync(ProgressContext context, Task running)
    {
        var bar = context.AddTask("download", maxValue: 1);
        bar.IsIndeterminate = true;
        while (!running.IsCompleted)
        {
            if (Latest().Progress is { } latest)
            {
                bar.IsIndeterminate = latest.TotalBytes is null;
                bar.MaxValue = Math.Max(1, latest.TotalBytes ?? latest.Bytes);
                bar.Value = latest.Bytes;
            }

            await Task.WhenAny(running, Task.Delay(TimeSpan.FromMilliseconds(100), time));
        }
    }

    private string Caption()
    {
        var name = Screen.Safe(title);
        if (Latest().Progress is not { } latest)
            return name;
        var files = latest.TotalFiles == 1 ? "" : $" {latest.Files}/{latest.TotalFiles} files";
        return name + files;
    }

    private string Figures()
    {
        var (progress, rate, sendRate) = Latest();
        if (progress is not { } latest)
            return "";
        var left = TimeLeft(latest, rate);

        // In a swarm, whom it comes from and goes to takes the place of the byte counts; the percentage is beside it.
        if (latest.Owners > 1 || latest.Requesters > 0)
            return $"{Rates(latest, rate, sendRate)} {left}".TrimEnd();
        var of = latest.TotalBytes is { } total ? $"/{HumanFormat.Bytes(total)}" : "";
        return $"{HumanFormat.Bytes(latest.Bytes)}{of} {HumanFormat.Bytes(rate)}/s {left}".TrimEnd();
    }

    private (DownloadProgress? Progress, double Rate, double SendRate) Latest()
    {
        lock (_lock)
            return (_latest, _rate.PerSecond, _sendRate.PerSecond);
    }

    // 12.1 MiB/s from 7 owners, 5.3 MiB/s to 4
    private static string Rates(DownloadProgress progress, double rate, double sendRate)
    {
        var from = progress.Owners == 0 ? "" : $" from {HumanFormat.Count(progress.Owners, "owner")}";
        var to = progress.Requesters == 0 ? "" : $", {HumanFormat.Bytes(sendRate)}/s to {progress.Requesters}";
        return $"{HumanFormat.Bytes(rate)}/s{from}{to}";
    }

    private string FiguresOf(DownloadProgress progress)
    {
        var rate = _rate.PerSecond;
        var of = progress.TotalBytes is { } total
            ? $" of {HumanFormat.Bytes(total)} ({100.0 * progress.Bytes / Math.Max(1, total):F0} %)"
            : "";
        var files = progress.TotalFiles == 1 ? "" : $", {progress.Files} of {HumanFormat.Count(progress.TotalFiles, "file")}";
        var left = TimeLeft(progress, rate) is { Length: > 0 } known ? $", {known} left" : "";
        return $"{HumanFormat.Bytes(progress.Bytes)}{of}{files}, {Rates(progress, rate, _sendRate.PerSecond)}{left}";
    }

    private static string TimeLeft(DownloadProgress progress, double rate)
    {
        var seconds = (progress.TotalBytes - progress.Bytes) / rate;
        return seconds is >= 0 and < 100 * 3600 ? HumanFormat.Time(TimeSpan.FromSeconds(seconds.Value)) : "";
    }
}
