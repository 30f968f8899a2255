using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using P2PShare.Peer.Async;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Peer.Peers;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>
/// The owners of one download: who is being fetched from, who failed and may be tried again, and who lied and may not. Used by
/// the download's own task alone, but for what the workers' ends note.
/// </summary>
internal sealed class OwnerRoster(
    DownloadState state,
    DownloadServices services,
    IDownloadObserver observer,
    PieceVerifier verifier,
    ChannelWriter<DownloadFile> whole,
    CancellationToken ending)
{
    /// <summary>Owners fetched from at once: enough to fill any line, and a bounded number of buffers.</summary>
    private const int MostAtWork = 16;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Dictionary<PeerAddress, Owner> _owners = [];
    private readonly Dictionary<FileId, List<int>> _filesById = ById(state.Files);

    private sealed class Owner(int number)
    {
        public int Number { get; } = number;

        /// <summary>Contents and not files: of one content there may be as many files as owners, and each owner would hold them all.</summary>
        public HashSet<FileId> Contents { get; } = [];

        public OwnerWorker? Worker { get; set; }

        public Task Work { get; set; } = Task.CompletedTask;

        public int FailuresInRow { get; set; }

        public long FailedAt { get; set; }

        public bool IsBarred { get; set; }
    }

    /// <summary>Owners that are connected.</summary>
    public int WorkingCount => CountAtWork(static worker => worker.IsConnected);

    /// <summary>An owner gives nothing at the moment, and it is known why.</summary>
    public bool IsAnyExcused => CountAtWork(static worker => worker.IsExcused) > 0;

    /// <summary>Whoever works has asked for patience.</summary>
    public bool AreAllQueued => WorkingCount > 0 && CountAtWork(static worker => !worker.IsQueued) == 0;

    /// <summary>Owners that gave a right piece.</summary>
    public int GaveCount => _owners.Values.Count(owner => owner.Worker is { HasGiven: true });

    /// <summary>One of them failed.</summary>
    public bool HasFailed => _owners.Values.Any(owner => owner.FailuresInRow > 0 || owner.IsBarred);

    public List<string> Liars { get; } = [];

    /// <summary>Takes in the owners that the server named, and sets to work whoever is not.</summary>
    public void Meet(IReadOnlyList<OwnerRow> rows)
    {
        Settle();
        foreach (var row in rows)
        {
            if (row.Identity is not { } identity || !_filesById.ContainsKey(identity.Id))
                continue;
            if (!_owners.TryGetValue(row.Owner, out var owner))
                _owners.Add(row.Owner, owner = new Owner(_owners.Count));
            owner.Contents.Add(identity.Id);
        }

        state.Change(scheduler =>
        {
            foreach (var owner in _owners.Values.Where(owner => !owner.Work.IsCompleted))
                Offer(scheduler, owner);
        });
        var atWork = _owners.Values.Count(owner => !owner.Work.IsCompleted);
        foreach (var (address, owner) in _owners)
        {
            if (atWork == MostAtWork)
                break;
            if (!owner.Work.IsCompleted || !MayWork(owner))
                continue;
            Start(address, owner);
            atWork++;
        }
    }

    /// <exception cref="SaveFailedException">A worker could not save what it fetched.</exception>
    public void ThrowIfSavingFailed()
    {
        Settle();
        foreach (var owner in _owners.Values)
        {
            if (owner.Work.Exception?.InnerException is SaveFailedException failure)
                ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Lets every worker whose owner is silent say so.</summary>
    public void NoteSilences()
    {
        foreach (var owner in _owners.Values)
        {
            if (!owner.Work.IsCompleted)
                owner.Worker!.NoteSilence();
        }
    }

    /// <summary>Waits for every worker's end.</summary>
    public async Task EndAsync()
    {
        await Background.WhenEnded(Task.WhenAll(_owners.Values.Select(owner => owner.Work)));
        Settle();
    }

    private static Dictionary<FileId, List<int>> ById(IReadOnlyList<DownloadFile> files)
    {
        var byId = new Dictionary<FileId, List<int>>(files.Count);
        for (var index = 0; index < files.Count; index++)
        {
            if (!byId.TryGetValue(files[index].Identity.Id, out var same))
                byId.Add(files[index].Identity.Id, same = []);
            same.Add(index);
        }

        return byId;
    }

    // Asked at every tick, and therefore without an object.
    private int CountAtWork(Func<OwnerWorker, bool> isCounted)
    {
        var count = 0;
        foreach (var owner in _owners.Values)
        {
            if (!owner.Work.IsCompleted && isCounted(owner.Worker!))
                count++;
        }

        return count;
    }

    private bool MayWork(Owner owner)
    {
        if (owner.IsBarred)
            return false;
        var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(owner.FailuresInRow, 10)));
        return owner.FailuresInRow == 0 || services.Time.GetElapsedTime(owner.FailedAt) > pause;
    }

    private void Start(PeerAddress address, Owner owner)
    {
        var worker = new OwnerWorker(owner.Number, address, state, services, verifier, whole, ending);
        owner.Worker = worker;
        state.Change(scheduler => Offer(scheduler, owner));
        owner.Work = Background.Run(worker.RunAsync);
    }

    private void Offer(PieceScheduler scheduler, Owner owner)
    {
        foreach (var content in owner.Contents)
        {
            foreach (var file in _filesById[content])
                scheduler.AddSource(owner.Number, file);
        }
    }

    // Notes how each worker that has ended did so, once.
    private void Settle()
    {
        foreach (var (address, owner) in _owners)
        {
            if (!owner.Work.IsFaulted || owner.Work.Exception.InnerException is not { } end || end is SaveFailedException)
                continue;
            owner.Work = Task.CompletedTask;
            Judge(address, owner, end);
        }
    }

    private void Judge(PeerAddress address, Owner owner, Exception end)
    {
        state.Change(scheduler => scheduler.RemoveOwner(owner.Number));
        services.Log.Warning("Owner {Owner}: {Reason:l}", address, end.Message);
        owner.FailuresInRow = owner.Worker!.HasGiven ? 1 : owner.FailuresInRow + 1;
        owner.FailedAt = services.Time.GetTimestamp();
        owner.IsBarred = end is WrongPieceException or PeerViolationException;
        if (owner.IsBarred)
        {
            Liars.Add(address.ToString());
            observer.Note($"Owner {address} is left out: {end.Message}.");
        }
        else if (end is not (IOException or SocketException or OperationCanceledException))
        {
            services.Log.Error(end, "A download's worker ended by a fault of ours");
        }
    }
}
