using P2PShare.Peer.Content;
using P2PShare.Peer.Index;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Sharing.Following;
using P2PShare.Peer.Tests.Index;
using P2PShare.Testing;
using Serilog;
using Serilog.Core;

namespace P2PShare.Peer.Tests.Sharing.Following;

/// <summary>A folder <c>photos</c> that is announced and followed, by a client whose server accepts everything.</summary>
internal sealed class FollowScene : IAsyncDisposable
{
    private readonly ScriptedServer _server = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _lock = new();
    private readonly List<string> _told = [];
    private readonly List<string> _received = [];
    private readonly RecordedLog _recorded = new();
    private readonly Logger _log;
    private readonly IndexClient _index;
    private readonly Announcer _announcer;
    private readonly FollowedFolders _followed;
    private readonly Task _watching;
    private Task _answering = Task.CompletedTask;

    private FollowScene(bool usesWatchers)
    {
        _log = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(_recorded).CreateLogger();
        var layers = new LayerStore(Folder.File("layers"), _log);
        var identifier = new ContentIdentifier(new IdentityCache(Folder.File("ids"), _log), layers, TimeProvider.System, _log);
        _index = new IndexClient(cancellation => _server.OpenAsync(Time, cancellation), Time, new Random(1), _log);
        Publisher = new Publisher(_index, Shared, 9001);
        _announcer = new Announcer(identifier, Shared, Publisher);
        _followed = new FollowedFolders(
            Shared, identifier, _announcer, Publisher, (folder, what) => Tell($"{folder.Name}: {what}"), Time, _log)
        {
            UsesWatchers = usesWatchers,
        };
        _watching = new ChangeWatcher(Shared, Publisher, identifier, _followed, (file, what) => Tell($"{file.Name} {what}"), Time, _log)
            .RunAsync(_ending.Token);
    }

    public TempFolder Folder { get; } = new();

    public ManualTimeProvider Time { get; } = new();

    public SharedFiles Shared { get; } = new();

    public Publisher Publisher { get; }

    public FollowedFolders Followed => _followed;

    public string Root => Folder.File("photos");

    /// <summary>What the user was told.</summary>
    public IReadOnlyList<string> Told => Copy(_told);

    /// <summary>What the server received: verbs and names.</summary>
    public IReadOnlyList<string> Received => Copy(_received);

    /// <summary>How often a file was hashed.</summary>
    public int Hashed => _recorded.Lines.Count(line => line.StartsWith("Hashed", StringComparison.Ordinal));

    /// <summary>The names of what is shared, without that of the folder.</summary>
    public IEnumerable<string> Names => Shared.Snapshot().Select(file => file.Name.ToString()["photos/".Length..]);

    public static async Task<FollowScene> StartAsync(bool usesWatchers, params string[] files)
    {
        var scene = new FollowScene(usesWatchers);
        var connecting = scene._index.ConnectAsync(CancellationToken.None);
        await scene._server.AcceptHandshakeAsync("VERSION_OK SWARM");
        await connecting;
        scene._answering = scene.AnswerAsync();
        Directory.CreateDirectory(scene.Root);
        foreach (var file in files)
            scene.Write(file);
        await scene.AnnounceAsync();
        return scene;
    }

    /// <summary>ANNOUNCE photos.</summary>
    public async Task AnnounceAsync(params string[] excluded)
    {
        await _announcer.AnnounceAsync(PathScan.Of(Root, excluded), hashed: null, CancellationToken.None);
        _followed.Follow(Root, excluded);
    }

    /// <summary>Writes a file; its content is its name unless it is given.</summary>
    public string Write(string name, string? content = null) =>
        Folder.Write("photos/" + name, System.Text.Encoding.UTF8.GetBytes(content ?? name));

    /// <summary>Lets the time pass until these names are shared, and no others.</summary>
    public Task SharesAsync(params string[] names) =>
        UntilAsync(() => Names.Order(StringComparer.Ordinal).SequenceEqual(names.Order(StringComparer.Ordinal)), string.Join(", ", names));

    /// <summary>Lets the time pass until the user is told this line.</summary>
    public Task IsToldAsync(string line) => UntilAsync(() => Told.Contains(line), line);

    /// <summary>Lets the time pass, a hundred times as fast, until the condition is true.</summary>
    public async Task UntilAsync(Func<bool> condition, string because)
    {
        bool AdvanceAndCheck()
        {
            Time.Advance(TimeSpan.FromSeconds(0.5));
            return condition();
        }

        try
        {
            await Eventually.True(AdvanceAndCheck, because);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; shared: {string.Join(", ", Names)}; told: {string.Join(" ", Told)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _followed.DisposeAsync();
        await _ending.CancelAsync();
        await _watching;
        await _index.DisposeAsync();
        _server.Close();
        await _answering;
        _server.Dispose();
        await _log.DisposeAsync();
        Folder.Dispose();
        _ending.Dispose();
    }

    private void Tell(string line)
    {
        lock (_lock)
            _told.Add(line);
    }

    private List<string> Copy(List<string> lines)
    {
        lock (_lock)
            return [.. lines];
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (!_ending.IsCancellationRequested && await _server.ReceiveAsync() is { } line)
            {
                var verb = line.Split(' ')[0];
                lock (_lock)
                    _received.Add($"{verb} {line[(line.LastIndexOf(' ') + 1)..]}");
                await _server.SendAsync(verb == "PING" ? "PONG\n" : $"{verb}_OK\n");
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
