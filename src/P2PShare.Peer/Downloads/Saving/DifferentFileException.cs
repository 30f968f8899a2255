namespace P2PShare.Peer.Downloads.Saving;

/// <summary>A file is to be repaired, but none of its pieces is right, so it is a different file that must not be overwritten.</summary>
/// <param name="path">The full path of the file.</param>
internal sealed class DifferentFileException(string path) : SaveFailedException($"no piece of {path} is right, so it is a different file")
{
    public string Path { get; } = path;
}
