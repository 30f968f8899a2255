using P2PShare.Client.Cli.Display;

namespace P2PShare.Client.Cli.Input;

/// <summary>Prints many lines: a page at a time where a person reads them on a terminal, all at once elsewhere.</summary>
/// <param name="screen">Where the lines go.</param>
/// <param name="keys">What turns the page; null where nobody presses keys.</param>
internal sealed class Pager(Screen screen, IKeyboard? keys)
{
    private const int MinHeight = 4;

    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task PrintAsync(IEnumerable<string> lines, CancellationToken cancellation)
    {
        var waiting = new Queue<string>(lines);
        var rows = keys is null ? int.MaxValue : PageRows;
        while (waiting.Count > 0 && rows > 0)
        {
            // At least one line, however long it is.
            do
            {
                rows -= RowsOf(waiting.Peek());
                screen.Text(waiting.Dequeue());
            }
            while (waiting.TryPeek(out var next) && RowsOf(next) <= rows);
            if (waiting.Count > 0)
                rows = await AskAsync(waiting.Count, cancellation);
        }
    }

    private int PageRows => Math.Max(MinHeight, screen.Height) - 1;

    private int RowsOf(string line) =>
        keys is null ? 0 : Math.Max(1, (TextTable.WidthOf(line) + screen.Width - 1) / Math.Max(1, screen.Width));

    // How many rows to print next; 0 to end.
    private async Task<int> AskAsync(int remaining, CancellationToken cancellation)
    {
        try
        {
            screen.ShowInput("", 0, $"-- {remaining} more lines: space, enter or q --");
            while (true)
            {
                switch (await keys!.ReadAsync(cancellation))
                {
                    case { Key: ConsoleKey.Spacebar or ConsoleKey.PageDown }:
                        return PageRows;
                    case { Key: ConsoleKey.Enter or ConsoleKey.DownArrow }:
                        return 1;
                    case { Key: ConsoleKey.Q or ConsoleKey.Escape } or null:
                        return 0;
                    default:
                        break;
                }
            }
        }
        finally
        {
            screen.RemoveInput();
        }
    }
}
