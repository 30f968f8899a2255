using P2PShare.Client.Downloads;
using Spectre.Console;

namespace P2PShare.Client.Cli;

/// <summary>Shows hashing that takes longer than half a second: a bar of bytes on a terminal, one line elsewhere.</summary>
internal sealed class HashDisplay(Screen screen, string title, long totalBytes, TimeProvider time) : IProgress<long>
{
    private static readonly TimeSpan WorthShowing = TimeSpan.FromSeconds(0.5);
    private long _hashed;

    public void Report(long value) => Interlocked.Add(ref _hashed, value);

    public async Task<T> ShowAsync<T>(Task<T> hashing)
    {
        await Task.WhenAny(hashing, Task.Delay(WorthShowing, time));
        if (hashing.IsCompleted)
            return await hashing;
        if (screen.IsTerminal)
            await screen.DrawAsync(console => console.Progress().AutoClear(true).StartAsync(context => RefreshAsync(context, hashing)));
        else
            screen.Say($"{Screen.Safe(title)}: hashing {Shown.Bytes(totalBytes)} ...");
        return await hashing;
    }

    private async Task RefreshAsync(ProgressContext context, Task hashing)
    {
        var bar = context.AddTask(Markup.Escape($"Hashing {Screen.Safe(title)}"), maxValue: Math.Max(1, totalBytes));
        while (!hashing.IsCompleted)
        {
            bar.Value = Interlocked.Read(ref _hashed);
            await Task.WhenAny(hashing, Task.Delay(TimeSpan.FromMilliseconds(100), time));
        }
    }
}
