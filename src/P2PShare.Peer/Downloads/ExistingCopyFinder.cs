using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Linux;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads;

/// <summary>Looks at what stands where a file is wanted.</summary>
internal sealed class ExistingCopyFinder(ContentIdentifier identifier)
{
    /// <summary>The path of a file among <c>name</c>, <c>name (1)</c> ... that already has this content; null where none has.</summary>
    public async Task<string?> FindSameAsync(string goal, FileIdentity identity, CancellationToken cancellation)
    {
        foreach (var candidate in FinalName.Candidates(goal))
        {
            if (!Path.Exists(candidate))
                return null;
            if (await HasContentAsync(candidate, identity, cancellation))
                return candidate;
        }

        return null;
    }

    private async Task<bool> HasContentAsync(string path, FileIdentity identity, CancellationToken cancellation)
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
