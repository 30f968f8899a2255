using Microsoft.Win32.SafeHandles;
using P2PShare.Peer.Content;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Sharing;

/// <summary>A file that is being fetched: its verified pieces are served while the others come. Thread-safe.</summary>
/// <param name="name">Its name on the network.</param>
/// <param name="layer">Its content, and the hashes of its pieces.</param>
/// <param name="handle">The file that the pieces are written to.</param>
internal sealed class SharedPart(FileName name, PieceLayer layer, SafeFileHandle handle)
{
    private readonly Lock _lock = new();
    private int _users;
    private Action? _whenUnused;

    public FileName Name { get; } = name;

    public FileIdentity Identity => Layer.Identity;

    public PieceLayer Layer { get; } = layer;

    public PieceSupply Supply { get; } = PieceSupply.Empty(layer.Identity.PieceCount);

    /// <summary>What this peer was told of the file; null as long as it was told nothing.</summary>
    public FileMetadata? Metadata { get; set; }

    public UploadMeter Uploads { get; } = new();

    /// <summary>Pieces are verified and written, and may be served.</summary>
    public void Add(PieceRange pieces) => Supply.Add(pieces);

    /// <summary>Keeps the file open until <see cref="EndUse"/>. Null where it is closed, or about to be.</summary>
    public SafeFileHandle? TryUse()
    {
        lock (_lock)
        {
            if (_whenUnused is not null)
                return null;
            _users++;
            return handle;
        }
    }

    public void EndUse()
    {
        Action? close;
        lock (_lock)
            close = --_users == 0 ? _whenUnused : null;
        close?.Invoke();
    }

    /// <summary>Serves no more requests, and calls <paramref name="close"/> when the last of those under way has ended.</summary>
    public void Close(Action close)
    {
        bool isUnused;
        lock (_lock)
        {
            _whenUnused = close;
            isUnused = _users == 0;
        }

        if (isUnused)
            close();
    }
}
