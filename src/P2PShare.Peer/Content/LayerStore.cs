using System.Collections.Concurrent;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Peer.Content;

/// <summary>
/// Piece layers on disk, a file each, named by file id: 32 bytes for each MiB shared, so that none need stay in memory. What is
/// read back is checked against the id; a damaged one is as good as none.
/// </summary>
/// <param name="folder">Made when the first layer is put.</param>
/// <param name="log">For a folder that cannot be written.</param>
internal sealed class LayerStore(string folder, ILogger log)
{
    // Peers ask for one layer in several parts and at the same time; once it is let go, the collector takes it.
    private readonly ConcurrentDictionary<FileId, WeakReference<PieceLayer>> _recent = new();

    public bool Has(FileIdentity identity) => PieceLayer.LengthFor(identity) is var length
        && (length == 0 || (new FileInfo(PathOf(identity.Id)) is { Exists: true } file && file.Length == length));

    public PieceLayer? TryGet(FileIdentity identity)
    {
        if (PieceLayer.LengthFor(identity) == 0)
            return PieceLayer.TryCreate(identity, []);
        if (_recent.TryGetValue(identity.Id, out var held) && held.TryGetTarget(out var layer) && layer.Identity == identity)
            return layer;
        return Read(identity);
    }

    /// <summary>Keeps the layer, or says in the log why it could not.</summary>
    public void Put(PieceLayer layer)
    {
        if (layer.Hashes.IsEmpty)
            return;
        Hold(layer);
        if (Has(layer.Identity))
            return;
        try
        {
            // A private name first: a layer that is half written never stands under its id.
            Directory.CreateDirectory(folder);
            var unfinished = Path.Combine(folder, $"{Guid.NewGuid():N}.tmp");
            File.WriteAllBytes(unfinished, layer.Hashes.Span);
            File.Move(unfinished, PathOf(layer.Identity.Id), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Warning("A piece layer could not be kept: {Reason:l}", e.Message);
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
                Hold(layer);
            return layer;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Hold(PieceLayer layer)
    {
        _recent[layer.Identity.Id] = new WeakReference<PieceLayer>(layer);
        if (_recent.Count <= 64)
            return;
        foreach (var (id, held) in _recent)
        {
            if (!held.TryGetTarget(out _))
                _recent.TryRemove(id, out _);
        }
    }

    private string PathOf(FileId id) => Path.Combine(folder, id.ToString());
}
