using System.Threading.Channels;
using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Peers;
using P2PShare.Protocol.Grammar;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>What came of a request for a file's piece layer.</summary>
internal enum LayerResult
{
    /// <summary>The layer is known now, and the caller has to open the file.</summary>
    Fetched,

    /// <summary>Another owner's copy came first, and its worker opens the file.</summary>
    ElsewhereOpened,

    /// <summary>The owner does not have it: another may open the file, and this one counts as not having it.</summary>
    Missing,
}

/// <summary>
/// Opens the files of one download that have several pieces: gets the piece layer, verifies what an earlier run left, and has the rest
/// scheduled.
/// </summary>
/// <param name="state">The download's state.</param>
/// <param name="services">What every download uses.</param>
/// <param name="whole">Receives each file of which no piece is missing.</param>
/// <param name="ending">Cancelled when the download ends.</param>
internal sealed class FileOpener(
    DownloadState state, DownloadServices services, ChannelWriter<DownloadFile> whole, CancellationToken ending)
{
    // Each holds a layer, which is 128 MiB for a file of 4 TiB.
    private const int MaxLayerRequests = 8;

    /// <summary>Gets the layer from the store. False where it has none.</summary>
    public bool TryLoadLayer(int index)
    {
        var file = state.Files[index];
        return services.Layers.TryGet(file.Identity) is { } layer && file.TrySetLayer(layer);
    }

    /// <summary>
    /// Gets the layer from the store or from this owner, and keeps it. While the owner is slow, others are asked, too.
    /// </summary>
    /// <returns>What the caller has to do.</returns>
    /// <inheritdoc cref="LayerFetcher.FetchAsync"/>
    public async Task<LayerResult> TryFetchLayerAsync(PeerConnection peer, int owner, int index)
    {
        var file = state.Files[index];
        var isMissing = false;
        file.BeginLayerRequest();
        try
        {
            if (file.Layer is not null)
                return LayerResult.ElsewhereOpened;
            var layer = services.Layers.TryGet(file.Identity);
            if (layer is null)
            {
                var fetcher = new LayerFetcher(peer, state, services.Time);
                layer = await fetcher.FetchAsync(file, () => AskAnother(file, index));
                isMissing = layer is null && file.Layer is null;
            }

            if (layer is null)
                return isMissing ? LayerResult.Missing : LayerResult.ElsewhereOpened;
            if (!file.TrySetLayer(layer))
                return LayerResult.ElsewhereOpened;
            services.Layers.Put(layer);
            return LayerResult.Fetched;
        }
        finally
        {
            file.EndLayerRequest();
            if (isMissing)
                state.Change(scheduler => scheduler.RemoveSource(owner, index));
            if (file.Layer is null)
                state.Change(scheduler => scheduler.ReleaseFile(index));
        }
    }

    // The first whole layer counts, and the owner that is slow is not given up: it may be the only one that has the file.
    private void AskAnother(DownloadFile file, int index)
    {
        if (file.Layer is null && file.LayerRequests < MaxLayerRequests)
            state.Change(scheduler => scheduler.ReleaseFile(index));
    }

    /// <summary>Verifies what an earlier run left of a file whose layer is known, and opens the file in the scheduler.</summary>
    /// <exception cref="SaveFailedException">The target cannot be created or read, or must not be written to.</exception>
    public async Task OpenAsync(int index)
    {
        var file = state.Files[index];
        var verified = await ResumeAsync(file);
        state.CountResumed(verified.Select((isVerified, piece) => isVerified ? (long)file.Identity.PieceLength(piece) : 0).Sum());
        verified = await TakeFromOlderVersionsAsync(file, verified);
        SharePart(file, verified);
        var isWhole = false;
        state.Change(scheduler => isWhole = scheduler.Open(index, verified));
        if (isWhole)
            await whole.WriteAsync(file, ending);
    }

    private void SharePart(DownloadFile file, bool[] verified)
    {
        file.Part = services.Resharing?.Begin(file.Name, file.Layer!, file.Target.Handle);
        if (file.Part is { } part)
            part.Metadata = file.Metadata;
        for (var piece = 0; file.Part is not null && piece < verified.Length; piece++)
        {
            if (verified[piece])
                file.Part.Add(new PieceRange(piece, piece));
        }
    }

    private async Task<bool[]> TakeFromOlderVersionsAsync(DownloadFile file, bool[] verified)
    {
        var paths = file.OlderVersions.ToList();
        if (paths.Count == 0)
            return verified;
        if (verified.Length == 0)
            verified = new bool[file.Identity.PieceCount];
        await OlderVersions.CopyPiecesAsync(paths, file.Layer!, verified, file.Target, state.CountFound, ending);
        return verified;
    }

    private async Task<bool[]> ResumeAsync(DownloadFile file)
    {
        try
        {
            if (!file.Target.IsResumed)
                return [];
            var verified = await FileHasher.FindValidPiecesAsync(file.Target.Handle, file.Layer!, hashed: null, ending);
            if (verified.Length > 0)
                file.Target.Resume(verified);
            return verified;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SaveFailedException(e.Message, e);
        }
    }
}
