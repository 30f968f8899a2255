namespace P2PShare.Peer.Content;

/// <summary>A file changed while it was hashed.</summary>
internal sealed class FileChangedException(string path) : IOException($"{path} changed while it was read.");
