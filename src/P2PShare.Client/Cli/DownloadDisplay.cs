using P2PShare.Client.Downloads;
using P2PShare.Protocol.Text;
using Spectre.Console;

namespace P2PShare.Client.Cli;

/// <summary>Shows a download while it runs: a bar on a terminal, else a line every few seconds.</summary>
internal sealed class DownloadDisplay(Screen screen, string title, TimeProvider time) : IDownloadObserver
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);
    private readonly Lock _lock = new();
    private readonly long _started = time.GetTimestamp();
    private DownloadProgress? _latest;
    private long _lastLine = time.GetTimestamp();
    private long? _firstBytes;

    public void Report(DownloadProgress progress)
    {
        lock (_lock)
        {
            _latest = progress;
            _firstBytes ??= progress.Bytes;
            if (screen.IsTerminal || time.GetElapsedTime(_lastLine) < BetweenLines)
                return;
            _lastLine = time.GetTimestamp();
        }

        screen.Say(PlainLine(progress));
    }

    public void Note(string sentence) => screen.Say(sentence);

    /// <summary>Runs the download and shows it to its end.</summary>
    public async Task<DownloadOutcome> ShowAsync(Func<Task<DownloadOutcome>> download)
    {
        if (!screen.IsTerminal)
            return await download();
        var running = download();
        await screen.DrawAsync(console => console.Progress()
            .AutoClear(true)
            .HideCompleted(false)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new DownloadedColumn { Culture = System.Globalization.CultureInfo.InvariantCulture },
                new TransferSpeedColumn { Culture = System.Globalization.CultureInfo.InvariantCulture },
                new RemainingTimeColumn())
            .StartAsync(context => RefreshAsync(context, running)));
        return await running;
    }

    private async Task RefreshAsync(ProgressContext context, Task running)
    {
        var bar = context.AddTask(Markup.Escape(Printable.Of(title)), maxValue: 1);
        bar.IsIndeterminate = true;
        while (!running.IsCompleted)
        {
            if (Latest() is { } latest)
                Update(bar, latest);
            await Task.WhenAny(running, Task.Delay(TimeSpan.FromMilliseconds(100), time));
        }
    }

    private void Update(ProgressTask bar, DownloadProgress latest)
    {
        bar.IsIndeterminate = latest.TotalBytes is null;
        bar.MaxValue = Math.Max(1, latest.TotalBytes ?? latest.Bytes);
        bar.Value = latest.Bytes;
        var owners = latest.Owners == 1 ? "" : $" ({Shown.Count(latest.Owners, "owner")})";
        var files = latest.TotalFiles == 1 ? "" : $" {latest.Files}/{latest.TotalFiles} files";
        bar.Description = Markup.Escape(Printable.Of(title) + files + owners);
    }

    private DownloadProgress? Latest()
    {
        lock (_lock)
            return _latest;
    }

    private string PlainLine(DownloadProgress progress)
    {
        var elapsed = time.GetElapsedTime(_started).TotalSeconds;
        var rate = Math.Max(0, progress.Bytes - (_firstBytes ?? 0)) / Math.Max(elapsed, 0.001);
        var of = progress.TotalBytes is { } total
            ? $" of {Shown.Bytes(total)} ({100.0 * progress.Bytes / Math.Max(1, total):F0} %)"
            : "";
        var left = progress.TotalBytes is { } all && rate > 0 ? $", {Shown.Time(TimeSpan.FromSeconds((all - progress.Bytes) / rate))} left" : "";
        var files = progress.TotalFiles == 1 ? "" : $", {progress.Files} of {Shown.Count(progress.TotalFiles, "file")}";
        return $"{Printable.Of(title)}: {Shown.Bytes(progress.Bytes)}{of}{files}, {Shown.Bytes(rate)}/s{left}";
    }
}
