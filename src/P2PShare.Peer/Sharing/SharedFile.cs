using P2PShare.Peer.Content;
using P2PShare.Peer.Linux;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Sharing;

/// <summary>A file that this client announced, with its stamp and identity at that time.</summary>
internal sealed class SharedFile(FileName name, string path, IdentifiedFile content)
{
    private long _bytesServed;

    public FileName Name { get; } = name;

    /// <summary>The full path that was announced. No other file is ever served under this name.</summary>
    public string Path { get; } = path;

    public FileStamp Stamp { get; } = content.Stamp;

    public FileIdentity Identity { get; } = content.Identity;

    /// <summary>Bytes of content sent to peers since the file was announced.</summary>
    public long BytesServed => Interlocked.Read(ref _bytesServed);

    public void CountServed(long bytes) => Interlocked.Add(ref _bytesServed, bytes);
}
