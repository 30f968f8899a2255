using P2PShare.Client.Text;
using Spectre.Console;

namespace P2PShare.Client.Cli;

/// <summary>Shows hashing that takes longer than half a second: a bar of bytes on a terminal, one line elsewhere.</summary>
/// <param name="screen">Where.</param>
/// <param name="title">What is hashed, as the user knows it.</param>
/// <param name="totalBytes">How much it is; asked only where it is shown.</param>
/// <param name="time">The clock.</param>
internal sealed class HashDisplay(Screen screen, string title, Func<long> totalBytes, TimeProvider time) : IProgress<long>
{
    // The bar, the percents and the time left, and the spaces between.
    private const int BesideName = 56;

    private static readonly TimeSpan WorthShowing = TimeSpan.FromSeconds(0.5);

    private long _hashed;

    public void Report(long value) => Interlocked.Add(ref _hashed, value);

    public async Task<T> ShowAsync<T>(Task<T> hashing)
    {
        await Task.WhenAny(hashing, Task.Delay(WorthShowing, time));
        if (hashing.IsCompleted)
            return await hashing;
        var total = await Task.Run(totalBytes);
        if (screen.IsTerminal)
            await screen.DrawAsync(console => DrawAsync(console, total, hashing));
        else
            screen.Say($"{Screen.Safe(title)}: hashing {HumanFormat.Bytes(total)} ...");
        return await hashing;
    }

    private Task DrawAsync(IAnsiConsole console, long total, Task hashing) => console.Progress()
        .AutoClear(true)
        .Columns(new TextColumn(() => $"Hashing {Screen.Safe(title)}", BesideName), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
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
