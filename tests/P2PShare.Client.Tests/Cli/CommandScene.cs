using P2PShare.Client.Cli;
using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Index;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Tests.Index;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Client.Tests.Cli;

/// <summary>The whole command line between typed text and a played server; only sockets and the console are missing.</summary>
internal sealed class CommandScene : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IndexClient _index;
    private readonly CommandRunner _runner;

    private CommandScene(TestScreen test)
    {
        Test = test;
        _index = new IndexClient(
            token => (IsServerThere ? Server : throw new IOException("nobody there")).OpenAsync(Time, token), Time, new Random(1), Logger.None);
        var layers = new LayerStore(Folder.File(".cache/layers"), Logger.None);
        var identifier = new ContentIdentifier(new IdentityCache(Folder.File(".cache/ids"), Logger.None), layers, TimeProvider.System, Logger.None);
        var publisher = new Publisher(_index, Shared, port: 9001);
        var services = new DownloadServices(Server.DialAsync, identifier, layers, TimeProvider.System, Logger.None);
        var downloader = new Downloader(new DownloadsFolder(Folder.File("downloads"), isRestrictive: false), _index, services, _ => false);
        _runner = new CommandRunner(
            new AnnounceCommand(new Announcer(identifier, Shared, publisher), test.Screen, TimeProvider.System),
            new ListCommands(_index, Shared, test.Screen),
            new RequestCommand(downloader, _index, test.Screen, TimeProvider.System),
            publisher,
            Interrupts,
            test.Screen,
            Logger.None);
    }

    public TestScreen Test { get; }

    public PlayedServer Server { get; } = new();

    public ManualTimeProvider Time { get; } = new();

    public SharedFiles Shared { get; } = new();

    public Interrupts Interrupts { get; } = new();

    public TempFolder Folder { get; } = new();

    private bool IsServerThere { get; set; } = true;

    /// <summary>A client that is connected to a server which answered <paramref name="version"/>.</summary>
    public static async Task<CommandScene> ConnectedAsync(string version = "VERSION_OK SWARM SEARCH", TestScreen? test = null)
    {
        var scene = new CommandScene(test ?? TestScreen.OfPipe());
        var connecting = scene._index.ConnectAsync(default);
        await scene.Server.WelcomeAsync(version);
        await connecting;
        return scene;
    }

    /// <summary>Runs what is typed, to the end of the text; true where every command succeeded.</summary>
    public Task<bool> TypeAsync(string text, CancellationToken cancellation = default)
    {
        var typed = new StringReader(text);
        return new CommandLoop(typed.ReadLine, _runner, Test.Screen).RunAsync(cancellation).WaitAsync(Patience, CancellationToken.None);
    }

    /// <summary>The same, with lines from wherever.</summary>
    public Task<bool> TypeAsync(Func<string?> readLine, CancellationToken cancellation) =>
        new CommandLoop(readLine, _runner, Test.Screen).RunAsync(cancellation).WaitAsync(Patience, CancellationToken.None);

    /// <summary>The server goes, and does not come back.</summary>
    public async Task LoseServerAsync()
    {
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _index.Lost += lost.SetResult;
        IsServerThere = false;
        Server.Close();
        await lost.Task.WaitAsync(Patience);
    }

    public static FileName Name(string text) => PlayedServer.File(text);

    public async ValueTask DisposeAsync()
    {
        await _index.DisposeAsync();
        Server.Dispose();
        Folder.Dispose();
    }
}
