using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using P2PShare.Peer.Async;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Peer.Peers;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>
/// The owners of one download: starts a worker for each of up to 25, restarts failed ones after a pause that grows, and rejects those
/// that sent a wrong piece or broke the protocol. Used by the download's own task alone.
/// </summary>
/// <param name="state">The download's state.</param>
/// <param name="services">What every download uses.</param>
/// <param name="observer">Is told of rejected owners.</param>
/// <param name="verifier">Takes the pieces that arrive.</param>
/// <param name="opener">Opens files.</param>
/// <param name="ending">Cancelled when the download ends.</param>
internal sealed class OwnerRoster(
    DownloadState state,
    DownloadServices services,
    IDownloadObserver observer,
    PieceVerifier verifier,
    FileOpener opener,
    CancellationToken ending)
{
    // Random graphs of so many neighbours stay connected in swarms of thousands. It bounds the number of buffers, and of messages: each
    // owner tells of every piece.
    private const int MaxWorkers = 25;

    // Owners that are remembered, so that a server that names ever new ones does not fill the memory.
    private const int MaxKnown = 5000;

    // Owners that make room for others, whenever the server has named some. Where a thousand begin at the same time, each is told of the
    // same few at first; if it kept them, nobody would be connected to the others, and the pieces that those have would reach nobody.
    private const int MaxReplaced = 4;

    // An owner says which pieces it has within a few round trips.
    private static readonly TimeSpan MinTimeOfWork = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(30);

    private readonly Dictionary<PeerAddress, KnownOwner> _owners = [];
    private readonly Dictionary<FileId, List<int>> _filesById = GroupById(state.Files);
    private readonly List<PeerAddress> _rejected = [];

    public int ConnectedCount => CountRunning(static worker => worker.IsConnected);

    /// <summary>Some owner is not expected to send anything at the moment; see <see cref="OwnerWorker.IsPaused"/>.</summary>
    public bool IsAnyPaused => CountRunning(static worker => worker.IsPaused) > 0;

    /// <inheritdoc cref="OwnerWorker.IsWatching"/>
    public bool IsAnyWatching => CountRunning(static worker => worker.IsWatching) > 0;

    /// <summary>There are connected owners, and every running worker's owner has replied BUSY.</summary>
    public bool AreAllBusy => ConnectedCount > 0 && CountRunning(static worker => !worker.IsBusy) == 0;

    /// <summary>Owners of whose pieces at least one was verified.</summary>
    public int ContributorCount => _owners.Values.Count(owner => owner.Worker is { HasVerifiedPiece: true });

    /// <summary>Some owner has failed or is rejected.</summary>
    public bool HasFailed => _owners.Values.Any(owner => owner.FailuresInRow > 0 || owner.IsRejected);

    /// <summary>Some owner has said that its file is another one now.</summary>
    public bool HasContentChanged { get; private set; }

    /// <summary>In the order in which they were rejected. Grows until <see cref="EndAsync"/> has ended.</summary>
    public IReadOnlyList<PeerAddress> RejectedOwners => _rejected;

    /// <summary>
    /// Adds the owners that the server named, and starts workers for owners that may work and have none: at random, those first that had
    /// none before. A few owners that have nothing new make room for them.
    /// </summary>
    public void Update(IReadOnlyList<ContentOwner> found)
    {
        ReapFailedWorkers();
        Add(found);
        state.Change(scheduler =>
        {
            foreach (var owner in _owners.Values.Where(owner => owner.IsWorking))
                AddSources(scheduler, owner);
        });
        var candidates = _owners.Where(known => known.Value.Work.IsCompleted && MayWork(known.Value)).ToArray();
        if (candidates.Length == 0)
            return;
        var free = MaxWorkers - _owners.Values.Count(owner => owner.IsWorking);
        free += Replace(Math.Min(MaxReplaced, candidates.Length - free));
        services.Random.Shuffle(candidates);
        foreach (var (address, owner) in candidates.OrderBy(known => known.Value.StartedAt).Take(free))
            Start(address, owner);
    }

    /// <exception cref="SaveFailedException">A worker could not save what it fetched.</exception>
    public void ThrowIfSavingFailed()
    {
        ReapFailedWorkers();
        foreach (var owner in _owners.Values)
        {
            if (owner.Work.Exception?.InnerException is SaveFailedException failure)
                ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>
    /// To be called ten times a second. Lowers the rate of every owner that is silent (<see cref="RequestPipeline.NoteSilence"/>), and
    /// notes which of them give.
    /// </summary>
    public void Tick()
    {
        foreach (var (address, owner) in _owners)
        {
            if (owner.Work.IsCompleted)
                continue;
            owner.Worker!.NoteSilence();
            if (owner.Worker.HasVerifiedPiece)
                services.Giving.Add(address.Ip);
        }
    }

    /// <summary>Waits until every worker has ended.</summary>
    public async Task EndAsync()
    {
        await Background.WaitNoThrowAsync(Task.WhenAll(_owners.Values.Select(owner => owner.Work)));
        ReapFailedWorkers();
        foreach (var owner in _owners.Values)
            owner.Dispose();
    }

    private static Dictionary<FileId, List<int>> GroupById(IReadOnlyList<DownloadFile> files)
    {
        var byId = new Dictionary<FileId, List<int>>(files.Count);
        for (var index = 0; index < files.Count; index++)
        {
            if (!byId.TryGetValue(files[index].Identity.Id, out var indexes))
            {
                indexes = [];
                byId.Add(files[index].Identity.Id, indexes);
            }

            indexes.Add(index);
        }

        return byId;
    }

    private void Add(IReadOnlyList<ContentOwner> found)
    {
        foreach (var (content, address, isWhole) in found)
        {
            if (!_filesById.ContainsKey(content))
                continue;
            if (!_owners.TryGetValue(address, out var owner))
            {
                if (_owners.Count == MaxKnown)
                    continue;
                owner = new KnownOwner(_owners.Count);
                _owners.Add(address, owner);
            }

            owner.Contents[content] = isWhole || owner.Contents.GetValueOrDefault(content);
        }
    }

    // Called at every tick, and therefore without an allocation.
    private int CountRunning(Func<OwnerWorker, bool> predicate)
    {
        var count = 0;
        foreach (var owner in _owners.Values)
        {
            if (!owner.Work.IsCompleted && predicate(owner.Worker!))
                count++;
        }

        return count;
    }

    // Exponential back-off: 2 s after the first failure, then 4 s, 8 s, up to 30 s.
    private bool MayWork(KnownOwner owner)
    {
        if (owner.IsRejected)
            return false;
        var pause = TimeSpan.FromTicks(Math.Min(MaxPause.Ticks, FirstPause.Ticks << Math.Min(owner.FailuresInRow, 10)));
        return owner.FailuresInRow == 0 || services.Time.GetElapsedTime(owner.FailedAt) > pause;
    }

    // Ends the work of owners all of whose pieces are here, as far as is known. Returns how many.
    private int Replace(int count)
    {
        var replaced = 0;
        foreach (var owner in _owners.Values)
        {
            if (replaced >= count)
                break;
            if (!owner.IsWorking
                || services.Time.GetElapsedTime(owner.StartedAt) < MinTimeOfWork
                || state.IsInteresting(owner.Number))
                continue;
            owner.Stop();
            state.Change(scheduler => scheduler.RemoveOwner(owner.Number));
            replaced++;
        }

        return replaced;
    }

    private void Start(PeerAddress address, KnownOwner owner)
    {
        var worker = new OwnerWorker(
            owner.Number,
            cancellation => PeerConnection.OpenAsync(services.Dial, address, services.Limit, services.Time, cancellation),
            state,
            verifier,
            opener,
            services.Resharing?.Port,
            services.Time);
        state.Change(scheduler => AddSources(scheduler, owner));
        owner.Start(worker, services.Time.GetTimestamp(), ending);
    }

    private void AddSources(PieceScheduler scheduler, KnownOwner owner)
    {
        foreach (var (content, isWhole) in owner.Contents)
        {
            foreach (var file in _filesById[content])
            {
                if (isWhole)
                    scheduler.AddSource(owner.Number, file);
                else
                    scheduler.AddPartialSource(owner.Number, file);
            }
        }
    }

    // Notes the fault of each worker that has failed, once. A failure to save is left to ThrowIfSavingFailed.
    private void ReapFailedWorkers()
    {
        foreach (var (address, owner) in _owners)
        {
            if (!owner.Work.IsFaulted || owner.Work.Exception.InnerException is not { } fault || fault is SaveFailedException)
                continue;
            owner.ClearWork();
            NoteFault(address, owner, fault);
        }
    }

    private void NoteFault(PeerAddress address, KnownOwner owner, Exception fault)
    {
        state.Change(scheduler => scheduler.RemoveOwner(owner.Number));
        services.Log.Warning("Owner {Owner}: {Reason:l}", address, fault.Message);
        owner.FailuresInRow = owner.Worker!.HasVerifiedPiece ? 1 : owner.FailuresInRow + 1;
        owner.FailedAt = services.Time.GetTimestamp();
        HasContentChanged |= fault is ContentChangedException;
        owner.IsRejected = fault is WrongPieceException or PeerViolationException;
        if (owner.IsRejected)
        {
            _rejected.Add(address);
            observer.Notify(new DownloadEvent.OwnerRejected(address, fault.Message));
        }
        else if (fault is not (IOException or SocketException or OperationCanceledException))
        {
            services.Log.Error(fault, "A download's worker ended because of an internal error");
        }
    }
}
