using System.Net;
using P2PShare.Client.Cli;
using P2PShare.Client.Cli.Commands;
using P2PShare.Client.Cli.Input;
using P2PShare.Client.Cli.Jobs;
using P2PShare.Client.Cli.Syntax;
using P2PShare.Client.Tests.Cli.Display;
using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Index;
using P2PShare.Peer.Peers;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Sharing.Following;
using P2PShare.Peer.Tests.Index;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Client.Tests.Cli.Commands;

/// <summary>The client from typed text to a scripted server: everything but sockets and the console.</summary>
internal sealed class CommandScene : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly IndexClient _index;
    private readonly CommandRunner _runner;
    private readonly FollowedFolders _followed;

    private CommandScene(TestScreen test)
    {
        Test = test;
        _index = new IndexClient(OpenAsync, Time, new Random(1), Logger.None);
        var layers = new LayerStore(Folder.File(".cache/layers"), Logger.None);
        var cache = new IdentityCache(Folder.File(".cache/ids"), Logger.None);
        var identifier = new ContentIdentifier(cache, layers, TimeProvider.System, Logger.None);
        var publisher = new Publisher(_index, Shared, port: 9001);
        var services = new DownloadServices(Server.DialAsync, identifier, layers, TimeProvider.System, Logger.None);
        var downloader = new Downloader(new DownloadsFolder(Folder.File("downloads"), isRestrictive: false), _index, services, _ => false);
        var announcer = new Announcer(identifier, Shared, publisher);
        _followed = new FollowedFolders(
            Shared, identifier, announcer, publisher, (_, what) => test.Screen.Text(what), TimeProvider.System, Logger.None);
        _runner = new CommandRunner(
            new AnnounceCommand(
                announcer,
                _followed,
                new FetchCommandLine(() => new IPEndPoint(IPAddress.Loopback, 8080)),
                test.Screen,
                TimeProvider.System),
            new ListCommands(_index, Shared, Fetches, test.Screen, new Pager(test.Screen, keys: null)),
            new RequestCommand(downloader, _index, new SavePaths(Folder.File("downloads"))),
            new LimitCommand(Limits, test.Screen),
            new FingerprintCommand(null, () => null, test.Screen),
            Jobs,
            publisher,
            _followed,
            Interrupts,
            test.Screen,
            TimeProvider.System,
            Logger.None);
    }

    public TestScreen Test { get; }

    public ScriptedServer Server { get; } = new();

    public ManualTimeProvider Time { get; } = new();

    public SharedFiles Shared { get; } = new();

    public RequesterFetches Fetches { get; } = new(TimeProvider.System);

    public TransferLimits Limits { get; } = TransferLimits.Of(0, 0, TimeProvider.System);

    public Interrupts Interrupts { get; } = new();

    public JobList Jobs { get; } = new();

    public TempFolder Folder { get; } = new();

    private bool IsServerUp { get; set; } = true;

    /// <summary>Connects a client to a server that answers <paramref name="version"/>.</summary>
    public static async Task<CommandScene> ConnectedAsync(string version = "VERSION_OK SWARM SEARCH", TestScreen? test = null)
    {
        var scene = new CommandScene(test ?? TestScreen.OfPipe());
        var connecting = scene._index.ConnectAsync(default);
        await scene.Server.AcceptHandshakeAsync(version);
        await connecting;
        return scene;
    }

    /// <summary>Runs the typed lines to the end of the text. True where every command succeeded.</summary>
    public Task<bool> TypeAsync(string text, CancellationToken cancellation = default)
    {
        var typed = new StringReader(text);
        return TypeAsync(typed.ReadLine, cancellation);
    }

    /// <summary>The same, with lines from <paramref name="readLine"/>.</summary>
    public Task<bool> TypeAsync(Func<string?> readLine, CancellationToken cancellation) =>
        new CommandLoop(CommandLines.Of(readLine, Test.Screen), _runner, Jobs, Test.Screen, isInteractive: false)
            .RunAsync(cancellation)
            .WaitAsync(Timeout, CancellationToken.None);

    /// <summary>Closes the connection, and refuses every later one.</summary>
    public async Task LoseServerAsync()
    {
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _index.Lost += lost.SetResult;
        IsServerUp = false;
        Server.Close();
        await lost.Task.WaitAsync(Timeout);
    }

    public static FileName Name(string text) => ScriptedServer.File(text);

    private Task<IndexConnection> OpenAsync(CancellationToken cancellation) =>
        IsServerUp ? Server.OpenAsync(Time, cancellation) : throw new IOException("nobody there");

    public async ValueTask DisposeAsync()
    {
        await _followed.DisposeAsync();
        await _index.DisposeAsync();
        Server.Dispose();
        Folder.Dispose();
    }
}
