using P2PShare.Client.Cli.Display;
using P2PShare.Client.Cli.Json;
using P2PShare.Client.Cli.Syntax;
using P2PShare.Client.Text;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Index;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Cli.Commands;

/// <summary>REQUEST, UPDATE and REPAIR: parses the name, runs the download, and says how it ended.</summary>
internal sealed class RequestCommand(Downloader downloader, IOwnerIndex index, SavePaths paths)
{
    private const int MinIdDigits = 4;

    /// <summary>Fetches or repairs what the command names. False where that did not succeed.</summary>
    /// <param name="command">The command.</param>
    /// <param name="display">Shows the progress.</param>
    /// <param name="output">Where the result goes.</param>
    /// <param name="cancellation">Stops the download; what is verified is kept.</param>
    public async Task<bool> RunAsync(
        Command.Transfer command, DownloadDisplay display, IOutput output, CancellationToken cancellation)
    {
        var isFolder = command is Command.Request && command.Name.EndsWith('/');
        var (text, idPrefix) = isFolder ? (command.Name[..^1], null) : await SplitIdAsync(command.Name, cancellation);
        if (!FileName.TryParse(text, out var name, out var refusal))
        {
            output.Error(ErrorCodes.BadName, $"{Screen.Safe(command.Name)} cannot be shared by anybody: {refusal}.");
            return false;
        }

        var outcome = await display.ShowAsync(() => command switch
        {
            Command.Request request when isFolder =>
                downloader.FetchFolderAsync(name, paths.OfFolder(request.SaveAs), display, cancellation),
            Command.Request request => downloader.FetchFileAsync(
                new FileRequest(name, idPrefix, paths.OfFile(request.SaveAs, name)), display, cancellation),
            Command.Update => downloader.FetchFileAsync(new FileRequest(name, idPrefix, Replaces: true), display, cancellation),
            _ => downloader.RepairAsync(name, idPrefix, display, cancellation),
        });
        Tell(outcome, output);
        return outcome.Succeeded;
    }

    // A folder that is not complete is both: a result, and an error.
    private static void Tell(DownloadOutcome outcome, IOutput output)
    {
        var text = DownloadText.Of(outcome);
        if (outcome.Succeeded)
        {
            output.Result(DownloadRecords.Of(outcome, text), text);
        }
        else
        {
            if (outcome is DownloadOutcome.FolderFetched)
                output.Record(DownloadRecords.Of(outcome, text));
            output.Error(DownloadRecords.CodeOf(outcome), text);
        }
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
