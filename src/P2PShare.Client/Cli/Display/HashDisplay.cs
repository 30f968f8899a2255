using P2PShare.Client.Cli.Json;
using P2PShare.Client.Text;
using Spectre.Console;

namespace P2PShare.Client.Cli.Display;

/// <summary>Shows the progress of hashing that takes longer than half a second: a bar on a terminal, one line elsewhere.</summary>
/// <param name="screen">Where the progress is shown.</param>
/// <param name="title">The name of what is hashed.</param>
/// <param name="totalBytes">Gets the number of bytes to hash; called only where it is shown, on the thread pool.</param>
/// <param name="time">The clock.</param>
internal sealed class HashDisplay(Screen screen, string title, Func<long> totalBytes, TimeProvider time) : IProgress<long>
{
    // The columns that the bar, the percentage, the remaining time and the gaps take.
    private const int ReservedColumns = 56;

    private static readonly TimeSpan ShowDelay = TimeSpan.FromSeconds(0.5);

    private long _hashed;

    public void Report(long value) => Interlocked.Add(ref _hashed, value);

    /// <summary>Waits for <paramref name="hashing"/>, and shows its progress meanwhile.</summary>
    public async Task<T> ShowAsync<T>(Task<T> hashing)
    {
        await Task.WhenAny(hashing, Task.Delay(ShowDelay, time));
        if (hashing.IsCompleted)
            return await hashing;
        var total = await Task.Run(totalBytes);
        if (screen.IsTerminal)
            await screen.DrawAsync(console => DrawAsync(console, total, hashing));
        else
            screen.Result(
                new OutputRecord.Hashing(title, Interlocked.Read(ref _hashed), total),
                $"{Screen.Safe(title)}: hashing {HumanFormat.Bytes(total)} ...");
        return await hashing;
    }

    private Task DrawAsync(IAnsiConsole console, long total, Task hashing) => console.Progress()
        .AutoClear(true)
        .Columns(
            new TextColumn(() => $"Hashing {Screen.Safe(title)}", ReservedColumns),
            new ProgressBarColumn(),
            new PercentageColumn(),
            new RemainingTimeColumn())
        .StartAsync(async context =>
        {
            var bar = context.AddTask("hashing", maxValue: Math.Max(1, total));
            while (!hashing.IsCompleted)
            {
                bar.Value = Interlocked.Read(ref _hashed);
                await Task.WhenAny(hashing, Task.Delay(TimeSpan.FromMilliseconds(100), time));
            }
        });
}
