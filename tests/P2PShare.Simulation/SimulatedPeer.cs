using System.Net;
using System.Net.Sockets;
using P2PShare.Networking;
using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Index;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using Serilog.Core;

namespace P2PShare.Simulation;

/// <summary>A client without its command line: it runs the real code of a peer. Its files on disk survive a kill.</summary>
internal sealed class SimulatedPeer(
    int number, SimulatedHost host, EndPoint server, Dial dial, string folder, TimeProvider time, SingleThreadScheduler thread)
{
    private const int Port = 9000;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    private readonly Dictionary<FileName, string> _onDisk = [];
    private readonly Dictionary<FileName, IdentifiedFile> _identified = [];
    private readonly List<Task> _tasks = [];
    private CancellationTokenSource _ending = new();
    private SharedFiles _shared = new();
    private ContentIdentifier? _identifier;
    private IndexClient? _index;
    private Publisher? _publisher;
    private Downloader? _downloader;
    private int _unsettled;

    public int Number => number;

    public SimulatedHost Host => host;

    public PeerAddress Address => PeerAddress.Create(host.Address, Port);

    public bool IsUp { get; private set; }

    /// <summary>Whether it is connected and the server knows all its shared files.</summary>
    public bool IsSettled => IsUp && _unsettled == 0;

    /// <summary>The number of its tasks that have not ended.</summary>
    public int RunningTasks => _tasks.Count(task => !task.IsCompleted);

    public IEnumerable<FileName> SharedNames => _shared.Snapshot().Select(file => file.Name);

    public IEnumerable<FileName> NamesOnDisk => _onDisk.Keys;

    /// <summary>The files that it fetches now and serves meanwhile.</summary>
    public IReadOnlyList<SharedPart> Parts => _shared.Parts();

    /// <summary>The contents of its files and of its parts.</summary>
    public IEnumerable<FileId> SharedContents =>
        _shared.Snapshot().Select(file => file.Identity.Id).Concat(Parts.Select(part => part.Identity.Id));

    public bool Has(Content content) => _onDisk.ContainsKey(content.Name);

    /// <summary>Puts a file on its disk, which it shares from its next start on.</summary>
    public void AddFile(Content content, bool isDamaged)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "shared")).FullName, content.Name.ToString());
        File.WriteAllBytes(path, content.Bytes);
        _onDisk[content.Name] = path;
        ServesDamagedFiles |= isDamaged;
    }

    /// <summary>
    /// Whether its files are damaged after they were hashed, without a new timestamp, so that it sends wrong bytes unknowingly.
    /// </summary>
    public bool ServesDamagedFiles { get; private set; }

    public void Start(int seed)
    {
        IsUp = true;
        _unsettled = 1;
        (_ending, _shared) = (new CancellationTokenSource(), new SharedFiles());
        var layers = new LayerStore(Path.Combine(folder, "layers"), Logger.None);
        _identifier = new ContentIdentifier(new IdentityCache(Path.Combine(folder, "ids"), Logger.None), layers, time, Logger.None);
        var (shared, ending, token, random) = (_shared, _ending.Token, SessionToken.Create(), new Random(seed));
        var slots = new UploadSlots(UploadLimits.Slots, UploadLimits.SlotsPerRequester, UploadLimits.SlotPatience, time);
        var uploads = new UploadServices(shared, layers, new GivingPeers(), slots, time, Logger.None);
        host.Accept = connection =>
            ServeAsync(() => new PeerSession(connection, uploads).RunAsync(ending));

        var user = UserName.TryParse("peer"u8, out var name, out _) ? name : default;
        _index = new IndexClient(
            cancellation => IndexConnection.OpenAsync(dial, server, user, token, time, cancellation), time, random, Logger.None);
        _publisher = new Publisher(_index, shared, Port);
        _index.RestoreState = _publisher.RepublishAsync;
        _index.Lost += () => _unsettled++;
        _index.Restored += () => _unsettled--;
        var resharing = new Resharing(shared, _publisher, Port, Logger.None);
        Track(() => resharing.RunAsync(ending));
        var services = new DownloadServices(dial, _identifier, layers, time, Logger.None)
        {
            Resharing = resharing,
            Giving = uploads.Giving,
            Random = random,
        };
        _downloader = new Downloader(
            new DownloadsFolder(Path.Combine(folder, "downloads"), false), _index, services, address => address == Address);
        Track(() => ConnectAsync(_index, ending));
    }

    /// <summary>Ends it as SIGKILL does: its connections are reset and its files remain.</summary>
    public void Kill()
    {
        IsUp = false;
        host.Accept = null;
        SimulatedNetwork.ResetConnections(host);
        _ending.Cancel();
        var index = _index!;
        Track(async () => await index.DisposeAsync());
    }

    /// <summary>Fetches a file. While it is fetched its pieces are shared, and then the file.</summary>
    /// <param name="content">The file.</param>
    /// <param name="rejected">Told of each owner that sent a wrong piece or broke the protocol.</param>
    /// <returns>Whether the file is whole; null where the peer was killed meanwhile.</returns>
    public async Task<bool?> FetchAsync(Content content, Action<DownloadEvent.OwnerRejected> rejected)
    {
        // The program accepts no command before its first connection.
        if (_index!.Features == Features.None)
            return false;
        var ending = _ending.Token;
        var (downloader, saved) = (_downloader!, Path.Combine(folder, "downloads", content.Name.ToString()));
        try
        {
            var outcome = await downloader.FetchFileAsync(new FileRequest(content.Name), new RejectionObserver(rejected), ending);
            if (outcome.Succeeded && !File.ReadAllBytes(saved).AsSpan().SequenceEqual(content.Bytes))
                throw new InvariantViolationException($"peer {number} saved {content.Name} with wrong bytes");
            if (outcome.Succeeded)
                _onDisk[content.Name] = saved;

            return outcome.Succeeded;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // It was killed, or the server is away.
            return ending.IsCancellationRequested ? null : false;
        }
    }

    public void Track(Func<Task> work)
    {
        _tasks.RemoveAll(task => task.IsCompletedSuccessfully);
        _tasks.Add(thread.Start(work));
    }

    /// <summary>Throws where one of its tasks has failed.</summary>
    public void ThrowIfFaulted()
    {
        foreach (var task in _tasks)
        {
            if (task.Exception?.InnerException is { } fault)
                throw fault as InvariantViolationException ?? new InvariantViolationException($"a task of peer {number} failed: {fault}");
        }
    }

    private async Task ConnectAsync(IndexClient index, CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            try
            {
                await index.ConnectAsync(ending);
                await ShareAsync([.. _onDisk.Keys], ending);
                _unsettled--;
                return;
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                await Task.Delay(RetryInterval, time, CancellationToken.None);
            }
        }
    }

    private async Task ShareAsync(IReadOnlyList<FileName> names, CancellationToken ending)
    {
        _unsettled++;
        var files = new List<SharedFile>();
        foreach (var name in names)
            files.Add(await IdentifyAsync(name, ending));
        try
        {
            await _publisher!.PublishAsync(files, ending);
            _unsettled--;
        }
        catch (ServerUnavailableException)
        {
            // The files stay shared and are announced when the connection is restored.
            _unsettled--;
        }
    }

    // A peer with damaged files keeps announcing the identities that they had before.
    private async Task<SharedFile> IdentifyAsync(FileName name, CancellationToken ending)
    {
        if (!_identified.TryGetValue(name, out var content))
        {
            content = await _identifier!.IdentifyAsync(_onDisk[name], null, ending);
            if (ServesDamagedFiles)
                _identified.Add(name, content);
        }

        var file = new SharedFile(name, _onDisk[name], content);
        if (ServesDamagedFiles)
            DamageKeepingTimestamp(file);
        return file;
    }

    private static void DamageKeepingTimestamp(SharedFile file)
    {
        var bytes = File.ReadAllBytes(file.Path);
        if (bytes.Length == 0)
            return;
        bytes[^1] = 0xFF;
        using (var stream = File.OpenWrite(file.Path))
            stream.Write(bytes);
        File.SetLastWriteTimeUtc(file.Path, new DateTime(file.Stamp.ModifiedTicks, DateTimeKind.Utc));
    }

    private static async Task ServeAsync(Func<Task> serve)
    {
        try
        {
            await serve();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side disconnected, or this peer was killed.
        }
    }

    private sealed class RejectionObserver(Action<DownloadEvent.OwnerRejected> rejected) : IDownloadObserver
    {
        public void Report(DownloadProgress progress)
        {
        }

        public void Notify(DownloadEvent happened)
        {
            if (happened is DownloadEvent.OwnerRejected owner)
                rejected(owner);
        }
    }
}
