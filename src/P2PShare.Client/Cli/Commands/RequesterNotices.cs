using P2PShare.Client.Cli.Display;
using P2PShare.Client.Cli.Json;
using P2PShare.Client.Text;
using P2PShare.Peer.Uploads;

namespace P2PShare.Client.Cli.Commands;

/// <summary>Tells when somebody begins to fetch a file from this client, and when that ends.</summary>
internal sealed class RequesterNotices(IOutput output)
{
    /// <summary>Tells of everything that happens from now on.</summary>
    public void Follow(RequesterFetches fetches)
    {
        fetches.Began += fetch => output.Notice(NoticeCodes.UploadStarted, $"{fetch.Requester} fetches {NameOf(fetch)}.");
        fetches.Ended += fetch => output.Notice(
            NoticeCodes.UploadEnded, $"{fetch.Requester} has ended fetching {NameOf(fetch)}: {HumanFormat.Bytes(fetch.Bytes)} were sent.");
    }

    private static string NameOf(RequesterFetch fetch) => Screen.Safe(fetch.Name.ToString());
}
