using System.Threading.Channels;
using P2PShare.Peer.Async;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Protocol.Grammar;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>How the fetching of a download's files ended.</summary>
/// <param name="Failure">Null where every file is finished; else why not, in a sentence for the user.</param>
/// <param name="FetchedBytes">Bytes of content that came over the network.</param>
/// <param name="Owners">Owners that gave a piece.</param>
/// <param name="Liars">Owners that sent wrong bytes.</param>
internal sealed record FetchReport(string? Failure, long FetchedBytes, int Owners, IReadOnlyList<string> Liars);

/// <summary>Fetches files whose contents are known, from all their owners at once, from the first question to the last verified byte.</summary>
internal sealed class Download(
    IReadOnlyList<DownloadFile> files,
    Func<CancellationToken, Task<IReadOnlyList<OwnerRow>>> findOwners,
    DownloadServices services,
    IDownloadObserver observer)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenUrgentQuestions = TimeSpan.FromSeconds(1);

    /// <summary>How long a download that nobody serves waits for an owner to come back.</summary>
    private static readonly TimeSpan PatienceWithoutOwner = TimeSpan.FromSeconds(20);

    // Another owner may be on the way already.
    private static readonly TimeSpan WorthANote = TimeSpan.FromSeconds(0.5);

    private readonly DownloadState _state = new(files);
    private readonly Channel<DownloadFile> _whole = Channel.CreateBounded<DownloadFile>(FileFinalizer.MostAtOnce);
    private Task<IReadOnlyList<OwnerRow>>? _question;
    private long _lastAnswer = services.Time.GetTimestamp();

    /// <exception cref="OperationCanceledException">Cancelled; what is verified is kept.</exception>
    /// <exception cref="SaveFailedException">What was fetched cannot be saved; what is verified is kept.</exception>
    public async Task<FetchReport> RunAsync(IReadOnlyList<OwnerRow> firstOwners, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var verifier = new PieceVerifier(_state, _whole.Writer, ending.Token);
        var verifying = verifier.RunAsync();
        var owners = new OwnerRoster(_state, services, observer, verifier, _whole.Writer, ending.Token);
        var finishing = Background.Run(() => new FileFinalizer(_whole.Reader, _state, services).RunAsync(ending));
        try
        {
            await OpenKnownAsync(ending.Token);
            owners.Meet(firstOwners);
            var failure = await WatchAsync(owners, ending.Token);
            return new FetchReport(failure, _state.FetchedBytes, owners.GaveCount, owners.Liars);
        }
        finally
        {
            ending.Cancel();
            await owners.EndAsync();
            verifier.Complete();
            await verifying;
            _whole.Writer.TryComplete();

            // Where it failed it has stopped the rest, and what it throws here is the reason.
            await finishing;
            foreach (var file in files)
                file.Dispose();
        }
    }

    // Files of one piece need no layer, and a lone file's may be here from a former run: these need nobody's help to be opened. One piece
    // is fetched whole or not at all, so that there is nothing to resume of it, and no need to make its target yet.
    // A folder's larger files wait for their turn, so that not all of them stand open at once.
    private async Task OpenKnownAsync(CancellationToken cancellation)
    {
        var empty = new List<DownloadFile>();
        _state.Change(scheduler =>
        {
            foreach (var file in files)
            {
                var index = scheduler.AddFile(file.Identity);
                if (file.Identity.PieceCount > 1)
                    continue;
                file.Layer = services.Layers.TryGet(file.Identity);
                if (scheduler.Open(index, []))
                    empty.Add(file);
            }
        });
        foreach (var file in empty)
            await _whole.Writer.WriteAsync(file, cancellation);

        if (files is [{ Identity.PieceCount: > 1 } lone] && (lone.Layer = services.Layers.TryGet(lone.Identity)) is not null)
            await FileOpening.OpenAsync(lone, 0, _state, _whole.Writer, cancellation);
    }

    private async Task<string?> WatchAsync(OwnerRoster owners, CancellationToken cancellation)
    {
        var lastServed = services.Time.GetTimestamp();
        var fetched = 0L;
        var (isWaiting, isQueued) = (false, false);

        // One timer for all ticks: a delay for each, and a wait for the first of two, were 700 bytes ten times a second.
        using var ticks = new PeriodicTimer(Tick, services.Time);
        _ = EndAtFinishAsync(ticks);
        while (!_state.IsFinished)
        {
            owners.ThrowIfSavingFailed();
            owners.NoteSilences();
            observer.Report(Progress(owners));
            if (!isQueued && owners.AreAllQueued && (isQueued = true))
                observer.Note("Every owner is busy with others; waiting for a turn.");
            if (_state.FetchedBytes > fetched || owners.IsAnyExcused || _state.IsAllFetched)
                (lastServed, fetched, isWaiting) = (services.Time.GetTimestamp(), _state.FetchedBytes, false);
            else if (services.Time.GetElapsedTime(lastServed) > PatienceWithoutOwner)
                return "no owner gives it any more";
            else if (!isWaiting && services.Time.GetElapsedTime(lastServed) > WorthANote && owners.WorkingCount == 0 && owners.HasFailed && (isWaiting = true))
                observer.Note($"No owner gives it at the moment; waiting up to {PatienceWithoutOwner.TotalSeconds:F0} s for one.");

            await MeetOwnersAsync(owners, cancellation);
            await ticks.WaitForNextTickAsync(CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
        }

        observer.Report(Progress(owners));
        return null;
    }

    private async Task EndAtFinishAsync(PeriodicTimer ticks)
    {
        await _state.Finished;
        ticks.Dispose();
    }

    // Asks now and then who else has come, and waits for no answer: the server may take its time, or be gone.
    private async Task MeetOwnersAsync(OwnerRoster owners, CancellationToken cancellation)
    {
        if (_question is { IsCompleted: true } answered)
        {
            owners.Meet(await answered);
            (_question, _lastAnswer) = (null, services.Time.GetTimestamp());
        }
        else if (_question is null
            && services.Time.GetElapsedTime(_lastAnswer) > (owners.WorkingCount > 0 ? BetweenQuestions : BetweenUrgentQuestions))
        {
            _question = FindOwnersAsync(cancellation);
        }
    }

    private async Task<IReadOnlyList<OwnerRow>> FindOwnersAsync(CancellationToken cancellation)
    {
        try
        {
            return await findOwners(cancellation);
        }
        catch (IOException e)
        {
            // The server is away; the owners that are known are enough to go on with.
            services.Log.Debug("The owners could not be asked for: {Reason:l}", e.Message);
            return [];
        }
    }

    private DownloadProgress Progress(OwnerRoster owners) =>
        new(_state.Bytes, _state.TotalBytes, _state.FilesFinished, files.Count, owners.WorkingCount);
}
