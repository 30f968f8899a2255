using System.Collections.Concurrent;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Peer.Content;

/// <summary>
/// Piece layers on disk, one file each, named by file id: 32 bytes for each MiB shared, so that none has to stay in memory. A layer is
/// verified against the id when it is read; a damaged one counts as missing and is deleted.
/// </summary>
/// <param name="folder">Created when the first layer is stored.</param>
/// <param name="log">The log.</param>
internal sealed class LayerStore(string folder, ILogger log)
{
    // How many cached references may be dead before they are swept.
    private const int SweepThreshold = 64;

    // Several peers ask for parts of one layer at the same time. Weak: the layer lives only while somebody uses it.
    private readonly ConcurrentDictionary<FileId, WeakReference<PieceLayer>> _cache = new();

    public bool Has(FileIdentity identity) => PieceLayer.LengthFor(identity) is var length
        && (length == 0 || (new FileInfo(PathOf(identity.Id)) is { Exists: true } file && file.Length == length));

    public PieceLayer? TryGet(FileIdentity identity)
    {
        if (PieceLayer.LengthFor(identity) == 0)
            return PieceLayer.TryCreate(identity, []);
        if (_cache.TryGetValue(identity.Id, out var reference) && reference.TryGetTarget(out var layer) && layer.Identity == identity)
            return layer;
        return Read(identity);
    }

    /// <summary>Stores the layer. Where that fails, logs why.</summary>
    public void Put(PieceLayer layer)
    {
        if (layer.Hashes.IsEmpty)
            return;
        AddToCache(layer);
        if (Has(layer.Identity))
            return;
        try
        {
            // Written under a temporary name: no half-written layer ever has an id for its name.
            Directory.CreateDirectory(folder);
            var temporary = Path.Combine(folder, $"{Guid.NewGuid():N}.tmp");
            File.WriteAllBytes(temporary, layer.Hashes.Span);
            File.Move(temporary, PathOf(layer.Identity.Id), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Warning("A piece layer could not be stored: {Reason:l}", e.Message);
        }
    }

    private PieceLayer? Read(FileIdentity identity)
    {
        try
        {
            var file = new FileInfo(PathOf(identity.Id));
            if (!file.Exists || file.Length != PieceLayer.LengthFor(identity))
                return null;
            var layer = PieceLayer.TryCreate(identity, File.ReadAllBytes(file.FullName));
            if (layer is null)
                file.Delete();
            else
                AddToCache(layer);
            return layer;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void AddToCache(PieceLayer layer)
    {
        _cache[layer.Identity.Id] = new WeakReference<PieceLayer>(layer);
        if (_cache.Count <= SweepThreshold)
            return;
        foreach (var (id, reference) in _cache)
        {
            if (!reference.TryGetTarget(out _))
                _cache.TryRemove(id, out _);
        }
    }

    private string PathOf(FileId id) => Path.Combine(folder, id.ToString());
}
