using System.Threading.Channels;
using P2PShare.Networking;
using P2PShare.Peer.Async;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Peers;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>Fetches files whose contents are known from all their owners at once, until the last file is verified and durable.</summary>
/// <param name="files">The files. They are closed at the end, also where they are not complete.</param>
/// <param name="findOwners">Asks the server for the owners.</param>
/// <param name="services">What every download uses.</param>
/// <param name="observer">Is told of the progress ten times a second.</param>
internal sealed class Download(
    IReadOnlyList<DownloadFile> files,
    Func<CancellationToken, Task<IReadOnlyList<ContentOwner>>> findOwners,
    DownloadServices services,
    IDownloadObserver observer)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenUrgentQuestions = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenFirstQuestions = TimeSpan.FromSeconds(0.5);

    // Those who begin at the same time can be found a moment later.
    private const int FirstQuestions = 10;

    /// <summary>How long a download that no owner serves waits for one.</summary>
    private static readonly TimeSpan PatienceWithoutOwner = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long it waits while owners of parts are connected and wait, too: all of them may wait for one slow owner, of which this peer
    /// may know nothing. A piece comes in this time where that one sends 10 kB a second. Where nobody has the missing pieces any more, all
    /// of them end after it.
    /// </summary>
    private static readonly TimeSpan PatienceInSwarm = TimeSpan.FromMinutes(2);

    // A shorter time without an owner is not worth a word: the next connection may be under way.
    private static readonly TimeSpan WorthNotice = TimeSpan.FromSeconds(1);

    private readonly DownloadState _state = new(files, services.Random);
    private Task<IReadOnlyList<ContentOwner>>? _question;
    private int _questions;
    private long _lastAnswer = services.Time.GetTimestamp();

    /// <summary>Bytes that are there, those of an earlier run included.</summary>
    public long Bytes => _state.Bytes;

    /// <summary>An owner is connected.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>
    /// Ends when every file is finished, or when no owner has given anything for 20 s, or has waited for pieces itself (not complete).
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled; what is verified is kept.</exception>
    /// <exception cref="SaveFailedException">What was fetched cannot be saved; what is verified is kept.</exception>
    public async Task<(bool IsComplete, TransferSummary Transfer)> RunAsync(
        IReadOnlyList<ContentOwner> firstOwners, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var batchSize = FileFinalizer.BatchSizeFor(DescriptorLimit.RoomFor(FileFinalizer.MaxDescriptors));
        var whole = Channel.CreateBounded<DownloadFile>(batchSize);
        var verifier = new PieceVerifier(_state, whole.Writer, ending.Token);
        var verifying = verifier.RunAsync();
        var opener = new FileOpener(_state, services, whole.Writer, ending.Token);
        var owners = new OwnerRoster(_state, services, observer, verifier, opener, ending.Token);
        var finalizer = new FileFinalizer(whole.Reader, _state, services, batchSize);
        var finalizing = Background.Run(() => finalizer.RunAsync(ending));
        var finishingEmpty = Task.CompletedTask;
        try
        {
            var empty = await OpenKnownAsync(opener);
            owners.Update(firstOwners);
            finishingEmpty = FinishEmptyAsync(empty, firstOwners, whole.Writer, ending.Token);
            var isComplete = await WatchAsync(owners, ending.Token);
            return (isComplete, Summary(owners));
        }
        finally
        {
            ending.Cancel();
            await owners.EndAsync();
            await Background.WaitNoThrowAsync(finishingEmpty);
            verifier.Complete();
            await verifying;
            whole.Writer.TryComplete();

            // Where the finalizer failed, it has cancelled the rest, and what it throws here is the reason.
            await finalizing;
            foreach (var file in files)
            {
                if (file.Part is { } part)
                    services.Resharing!.End(part);
                file.Dispose();
            }
        }
    }

    // Opens the files that need no owner for it. A file of one piece has no layer to fetch, and is fetched whole or not at all, so that
    // there is nothing to resume, and its target is not made yet. The layer of a single large file may be in the store from an earlier
    // run. A folder's large files are opened one by one, by the workers, so that not all of them are open at the same time.
    // Returns the empty files.
    private async Task<List<DownloadFile>> OpenKnownAsync(FileOpener opener)
    {
        var empty = new List<DownloadFile>();
        _state.Change(scheduler =>
        {
            foreach (var file in files)
            {
                var index = scheduler.AddFile(file.Identity);
                if (file.Identity.PieceCount > 1)
                    continue;
                if (services.Layers.TryGet(file.Identity) is { } layer)
                    file.TrySetLayer(layer);
                if (scheduler.Open(index, []))
                    empty.Add(file);
            }
        });
        if (files is [{ Identity.PieceCount: > 1 }] && opener.TryLoadLayer(0))
            await opener.OpenAsync(0);
        return empty;
    }

    // Nothing of an empty file is requested, with which its metadata could be.
    private async Task FinishEmptyAsync(
        List<DownloadFile> empty, IReadOnlyList<ContentOwner> owners, ChannelWriter<DownloadFile> whole, CancellationToken cancellation)
    {
        var questions = empty.Select(file => new Meta(file.Identity.Id, file.Name)).ToList();
        var addresses = owners.Where(owner => owner.Content == FileIdentity.OfEmptyFile.Id).Select(owner => owner.Address);
        await services.Metadata.AskAsync(
            addresses, questions, (index, metadata) => empty[index].NoteMetadata(metadata), cancellation);
        foreach (var file in empty)
            await whole.WriteAsync(file, cancellation);
    }

    // True where every file is finished; false where no owner gives the rest.
    private async Task<bool> WatchAsync(OwnerRoster owners, CancellationToken cancellation)
    {
        var lastServed = services.Time.GetTimestamp();
        var (lastConnected, lastReceived) = (lastServed, lastServed);
        var received = 0L;
        var (hasToldBusy, hasToldWaiting) = (false, false);

        // One timer for all ticks: a delay for each, and a wait for the first of two, allocated 700 bytes ten times a second.
        using var ticks = new PeriodicTimer(Tick, services.Time);
        _ = EndAtFinishAsync(ticks);
        while (!_state.IsFinished)
        {
            owners.ThrowIfSavingFailed();
            owners.Tick();
            IsConnected = owners.ConnectedCount > 0;
            observer.Report(Progress(owners));
            if (owners.AreAllBusy && !hasToldBusy)
            {
                hasToldBusy = true;
                observer.Notify(new DownloadEvent.AllOwnersBusy());
            }

            var now = services.Time.GetTimestamp();
            if (owners.ConnectedCount > 0)
                lastConnected = now;
            var unserved = services.Time.GetElapsedTime(lastServed, now);
            if (_state.ReceivedBytes > received || owners.IsAnyPaused || _state.IsAllFetched)
            {
                (lastServed, lastReceived, received, hasToldWaiting) = (now, now, _state.ReceivedBytes, false);
            }
            else if (owners.IsAnyWatching && services.Time.GetElapsedTime(lastReceived, now) < PatienceInSwarm)
            {
                (lastServed, hasToldWaiting) = (now, false);
            }
            else if (unserved > PatienceWithoutOwner)
            {
                return false;
            }
            else if (!hasToldWaiting && owners.ConnectedCount == 0 && owners.HasContentChanged)
            {
                hasToldWaiting = true;
                observer.Notify(new DownloadEvent.ContentChanged(files[0].Name, PatienceWithoutOwner));
            }
            else if (!hasToldWaiting
                && owners.HasFailed
                && unserved > WorthNotice
                && services.Time.GetElapsedTime(lastConnected, now) > WorthNotice)
            {
                hasToldWaiting = true;
                observer.Notify(new DownloadEvent.WaitingForOwner(PatienceWithoutOwner));
            }

            await UpdateOwnersAsync(owners, cancellation);
            await ticks.WaitForNextTickAsync(CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
        }

        observer.Report(Progress(owners));
        return true;
    }

    private async Task EndAtFinishAsync(PeriodicTimer ticks)
    {
        await _state.Finished;
        ticks.Dispose();
    }

    // Asks from time to time for new owners, and does not wait for the answer: the server may be slow or away.
    private async Task UpdateOwnersAsync(OwnerRoster owners, CancellationToken cancellation)
    {
        if (_question is { IsCompleted: true } answered)
        {
            owners.Update(await answered);
            (_question, _lastAnswer) = (null, services.Time.GetTimestamp());
        }
        else if (_question is null && services.Time.GetElapsedTime(_lastAnswer) > PauseBeforeQuestion(owners))
        {
            _questions++;
            _question = FindOwnersAsync(cancellation);
        }
    }

    // A folder's list is long, and names no owners of parts.
    private TimeSpan PauseBeforeQuestion(OwnerRoster owners)
    {
        if (files.Count == 1 && _questions < FirstQuestions)
            return BetweenFirstQuestions;
        return owners.ConnectedCount == 0 ? BetweenUrgentQuestions : BetweenQuestions;
    }

    private async Task<IReadOnlyList<ContentOwner>> FindOwnersAsync(CancellationToken cancellation)
    {
        try
        {
            return await findOwners(cancellation);
        }
        catch (IOException e)
        {
            // The server is away. The download goes on with the owners that are known.
            services.Log.Debug("The server could not be asked for owners: {Reason:l}", e.Message);
            return [];
        }
    }

    private TransferSummary Summary(OwnerRoster owners) =>
        new(_state.FetchedBytes, _state.FoundBytes, owners.ContributorCount, owners.RejectedOwners);

    private DownloadProgress Progress(OwnerRoster owners)
    {
        var (sent, requesters) = (0L, 0);
        foreach (var file in files)
        {
            if (file.Part is not { } part)
                continue;
            sent += part.Uploads.Bytes;
            requesters += part.Uploads.CountRequesters(services.Time);
        }

        return new DownloadProgress(
            _state.Bytes, _state.TotalBytes, _state.FilesFinished, files.Count, owners.ConnectedCount, sent, requesters);
    }
}
