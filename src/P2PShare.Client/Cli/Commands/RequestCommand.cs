using P2PShare.Client.Cli.Display;
using P2PShare.Client.Text;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Index;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Cli.Commands;

/// <summary>REQUEST and REPAIR: parses the name, runs the download, shows its progress and says how it ended.</summary>
internal sealed class RequestCommand(Downloader downloader, IOwnerIndex index, Screen screen, TimeProvider time)
{
    private const int MinIdDigits = 4;

    public Task<bool> RequestAsync(string typed, CancellationToken cancellation) => typed.EndsWith('/')
        ? RunAsync(typed, typed[..^1], (name, display, token) => downloader.FetchFolderAsync(name, display, token), cancellation)
        : WithIdAsync(typed, downloader.FetchFileAsync, cancellation);

    public Task<bool> RepairAsync(string typed, CancellationToken cancellation) => WithIdAsync(typed, downloader.RepairAsync, cancellation);

    private async Task<bool> WithIdAsync(
        string typed,
        Func<FileName, string?, IDownloadObserver, CancellationToken, Task<DownloadOutcome>> run,
        CancellationToken cancellation)
    {
        var (text, idPrefix) = await SplitIdAsync(typed, cancellation);
        return await RunAsync(typed, text, (name, display, token) => run(name, idPrefix, display, token), cancellation);
    }

    private async Task<bool> RunAsync(
        string typed,
        string text,
        Func<FileName, IDownloadObserver, CancellationToken, Task<DownloadOutcome>> run,
        CancellationToken cancellation)
    {
        if (!FileName.TryParse(text, out var name, out var refusal))
        {
            screen.WriteError($"{Screen.Safe(typed)} cannot be shared by anybody: {refusal}.");
            return false;
        }

        var display = new DownloadDisplay(screen, name.ToString(), time);
        var outcome = await display.ShowAsync(() => run(name, display, cancellation));
        if (outcome.Succeeded)
            screen.WriteLine(DownloadText.Of(outcome));
        else
            screen.WriteError(DownloadText.Of(outcome));
        return outcome.Succeeded;
    }

    // A name may itself end in #cafe. Where somebody shares the whole text as a name, that file is meant.
    private async Task<(string Name, string? IdPrefix)> SplitIdAsync(string typed, CancellationToken cancellation)
    {
        var hash = typed.LastIndexOf('#');
        var digits = typed[(hash + 1)..];
        if (hash <= 0 || digits.Length is < MinIdDigits or > FileId.HexLength || !digits.All(char.IsAsciiHexDigit))
            return (typed, null);
        var isName = !index.Features.HasFlag(Features.Swarm)
            || (FileName.TryParse(typed, out var whole, out _) && (await index.LocateAsync(whole, cancellation)).Count > 0);
        return isName ? (typed, null) : (typed[..hash], digits);
    }
}
