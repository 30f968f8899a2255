using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Linux;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads;

/// <summary>Finds a file that has the wanted content already, so that it is not fetched again.</summary>
internal sealed class ExistingCopyFinder(ContentIdentifier identifier)
{
    /// <summary>
    /// Returns the first of <c>name</c>, <c>name (1)</c> ... with this content; null where none has it. Ends at the first free name.
    /// </summary>
    public async Task<string?> FindAsync(string destination, FileIdentity identity, CancellationToken cancellation)
    {
        foreach (var candidate in FinalName.Candidates(destination))
        {
            if (!Path.Exists(candidate))
                return null;
            if (await HasContentAsync(candidate, identity, cancellation))
                return candidate;
        }

        return null;
    }

    /// <summary>Whether there is a file at <paramref name="path"/> with this content.</summary>
    public async Task<bool> HasContentAsync(string path, FileIdentity identity, CancellationToken cancellation)
    {
        try
        {
            return FileStamp.Of(path).Size == identity.Size
                && (await identifier.IdentifyAsync(path, hashed: null, cancellation)).Identity == identity;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
