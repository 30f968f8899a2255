using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;

namespace P2PShare.Peer.Downloads;

/// <summary>A file that is here already with the wanted content.</summary>
internal readonly record struct ExistingFile(FileName Name, FileIdentity Identity, string Path);

/// <summary>
/// Gives files that are here already the execute bit that they have at an owner. Their times stay: they say when the user changed or
/// got them.
/// </summary>
internal sealed class ExecuteBits(DownloadServices services)
{
    /// <param name="files">Their folders have no symbolic link on the way.</param>
    /// <param name="owners">Are asked in this order.</param>
    /// <param name="cancellation">Ends it; nothing is thrown.</param>
    public Task CorrectAsync(IReadOnlyList<ExistingFile> files, IEnumerable<PeerAddress> owners, CancellationToken cancellation) =>
        services.Metadata.AskAsync(
            owners,
            [.. files.Select(file => new Meta(file.Identity.Id, file.Name))],
            (index, metadata) =>
            {
                if (DiskMetadata.TryCorrectExecuteBit(files[index].Path, metadata.IsExecutable))
                    services.Log.Information("Corrected the execute bit of {Name:l}", Printable.Of(files[index].Name.ToString()));
            },
            cancellation);
}
