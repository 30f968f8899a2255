using System.Net.Sockets;
using P2PShare.Client.Cli;
using P2PShare.Client.Cli.Commands;
using P2PShare.Client.Cli.Display;
using P2PShare.Networking;
using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Index;
using P2PShare.Peer.Linux;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Client;

/// <summary>
/// The composition root: starts the parts of the client in the order in which they can fail (log, peer port, server), and runs the
/// command loop until it ends.
/// </summary>
internal sealed class ClientProgram(ClientOptions options, Dial dial, TimeProvider time) : IDisposable
{
    private readonly Screen _screen = Screen.OfConsole();
    private readonly CancellationTokenSource _ending = new();
    private readonly Interrupts _interrupts = new();

    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync()
    {
        await using var log = ClientLog.Open(options.LogFile, options.IsVerbose, out var problem);
        if (problem is not null)
            _screen.WriteError($"No log is written: {Screen.Sentence(problem)}");
        using var signals = new Signals(_interrupts, _ending);
        try
        {
            return await RunAsync(log);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            return Console.IsInputRedirected ? ExitCodes.Failed : ExitCodes.Success;
        }
        catch (Exception e)
        {
            log.Fatal(e, "The client ended because of an internal error");
            _screen.WriteError($"The client ended by a fault of its own ({e.GetType().Name}); {Screen.Safe(options.LogFile)} tells more.");
            return ExitCodes.Failed;
        }
    }

    public void Dispose() => _ending.Dispose();

    private async Task<int> RunAsync(ILogger log)
    {
        var layers = new LayerStore(Path.Combine(UserFolders.Cache, "layers"), log);
        var identifier = new ContentIdentifier(new IdentityCache(Path.Combine(UserFolders.Cache, "ids"), log), layers, time, log);
        var files = new LocalFiles(new SharedFiles(), layers, identifier, new GivingPeers());
        PeerListener listener;
        try
        {
            listener = PeerListener.Bind(options.Bind, options.PeerPort, files.Shared, layers, files.Giving, time, log);
        }
        catch (SocketException e)
        {
            _screen.WriteError(e.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? $"Peer port {options.PeerPort} is taken by another program; choose another, or 0 for any free one."
                : $"Peer port {options.PeerPort} cannot be listened on: {Screen.Sentence(e.Message)}");
            return ExitCodes.PortTaken;
        }

        using (listener)
        {
            var serving = listener.RunAsync(_ending.Token);
            var token = CreateToken();
            var servers = new ServerFailover(
                options.Servers,
                (server, cancellation) => IndexConnection.OpenAsync(dial, server, options.User, token, time, cancellation));
            await using var index = new IndexClient(servers.OpenAsync, time, Random.Shared, log);
            var failure = await new InitialConnection(index, servers.AllNames, _screen, time).ConnectAsync(_ending.Token);
            var code = failure ?? await RunCommandsAsync(index, servers, listener.Port, files, log);
            await _ending.CancelAsync();
            await serving;
            return code;
        }
    }

    private static SessionToken CreateToken()
    {
        Span<byte> random = stackalloc byte[SessionToken.RandomBytes];
        SystemRandom.Fill(random);
        return SessionToken.FromRandom(random);
    }

    private async Task<int> RunCommandsAsync(IndexClient index, ServerFailover servers, int port, LocalFiles files, ILogger log)
    {
        _screen.WriteLine($"Connected to {servers.CurrentName} as {Screen.Safe(options.User.Text)}; peers reach me on port {port}.");
        log.Information("Connected to {Server:l} as {User:l}", servers.CurrentName, Screen.Safe(options.User.Text));
        if (!Console.IsInputRedirected)
            _screen.WriteLine("HELP lists the commands.");

        var publisher = new Publisher(index, files.Shared, port);
        index.Lost += () =>
            _screen.WriteLine("The connection to the server is lost; trying to make it again. Running transfers go on.");
        index.Restored += () =>
            _screen.WriteLine($"The connection to the server ({servers.CurrentName}) is back; everything is announced again.");
        index.RestoreState = publisher.RepublishAsync;
        var changes = new ChangeWatcher(files.Shared, publisher, files.Identifier, TellChange, time, log).RunAsync(_ending.Token);
        var resharing = options.Reshares ? new Resharing(files.Shared, publisher, port, log) : null;
        var telling = resharing?.RunAsync(_ending.Token) ?? Task.CompletedTask;
        var runner = CreateRunner(index, publisher, resharing, port, files, log);

        // Set up the terminal before the prompt, not at the first ReadLine: what is typed while that happens would be lost.
        _ = Console.In;
        var succeeded = await new CommandLoop(Console.ReadLine, runner, _screen).RunAsync(_ending.Token);
        await _ending.CancelAsync();
        await Task.WhenAll(changes, telling);
        if (_screen.HasLostOutput)
            _screen.WriteError("Not everything could be printed: the output is full or closed.");
        return (succeeded && !_screen.HasLostOutput) || !Console.IsInputRedirected ? ExitCodes.Success : ExitCodes.Failed;
    }

    private CommandRunner CreateRunner(
        IndexClient index, Publisher publisher, Resharing? resharing, int port, LocalFiles files, ILogger log)
    {
        var services = new DownloadServices(dial, files.Identifier, files.Layers, time, log)
        {
            Resharing = resharing,
            Giving = files.Giving,
        };
        var folder = new DownloadsFolder(options.Downloads, OperatingSystem.IsWindows());
        var downloader = new Downloader(folder, index, services, new OwnAddresses(port).Contains);
        return new CommandRunner(
            new AnnounceCommand(new Announcer(files.Identifier, files.Shared, publisher), _screen, time),
            new ListCommands(index, files.Shared, _screen),
            new RequestCommand(downloader, index, _screen, time),
            publisher,
            _interrupts,
            _screen,
            log);
    }

    private void TellChange(SharedFile file, string what) => _screen.WriteLine($"{Screen.Safe(file.Name.ToString())} {what}");

    private sealed record LocalFiles(SharedFiles Shared, LayerStore Layers, ContentIdentifier Identifier, GivingPeers Giving);
}
