using System.Net.Sockets;
using P2PShare.Client.Cli;
using P2PShare.Networking;
using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Index;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol.Identity;
using Serilog;
using Spectre.Console;

namespace P2PShare.Client;

/// <summary>Puts the client together, in the order in which it can fail: log, peer port, server; then runs it to its end.</summary>
internal sealed class ClientProgram(ClientOptions options, Dial dial, TimeProvider time)
{
    private readonly Screen _screen = ScreenOfConsole();
    private readonly CancellationTokenSource _ending = new();
    private readonly Interrupts _interrupts = new();

    /// <summary>The exit code.</summary>
    public async Task<int> RunAsync()
    {
        await using var log = ClientLog.Open(options.LogFile, options.IsVerbose, out var problem);
        if (problem is not null)
            _screen.Complain($"No log is written: {Screen.Sentence(problem)}");
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
            log.Fatal(e, "The client ended by a fault of ours");
            _screen.Complain($"The client ended by a fault of its own ({e.GetType().Name}); {Screen.Safe(options.LogFile)} tells more.");
            return ExitCodes.Failed;
        }
    }

    private async Task<int> RunAsync(ILogger log)
    {
        var shared = new SharedFiles();
        var layers = new LayerStore(Path.Combine(UserFolders.Cache, "layers"), log);
        var identifier = new ContentIdentifier(new IdentityCache(Path.Combine(UserFolders.Cache, "ids"), log), layers, time, log);
        PeerListener listener;
        try
        {
            listener = PeerListener.Bind(options.Bind, options.PeerPort, shared, layers, time, log);
        }
        catch (SocketException e)
        {
            _screen.Complain(e.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? $"Peer port {options.PeerPort} is taken by another program; choose another, or 0 for any free one."
                : $"Peer port {options.PeerPort} cannot be listened on: {Screen.Sentence(e.Message)}");
            return ExitCodes.PortTaken;
        }

        using (listener)
        {
            var serving = listener.RunAsync(_ending.Token);
            var token = SessionToken.Create();
            var servers = new ServerChoice(
                options.Servers, (server, cancellation) => IndexConnection.OpenAsync(dial, server, options.User, token, time, cancellation));
            await using var index = new IndexClient(servers.OpenAsync, time, Random.Shared, log);
            var code = await ConnectAsync(index, servers) ?? await ConverseAsync(index, servers, listener.Port, shared, identifier, layers, log);
            await _ending.CancelAsync();
            await serving;
            return code;
        }
    }

    // Null where it is connected.
    private async Task<int?> ConnectAsync(IndexClient index, ServerChoice servers)
    {
        var server = servers.Names;
        try
        {
            await ConnectWhenThereIsRoomAsync(index, server);
            return null;
        }
        catch (VersionRefusedException)
        {
            _screen.Complain($"The server at {server} does not speak protocol 1.0 (VERSION_FAIL).");
            return ExitCodes.Refused;
        }
        catch (UserRefusedException e)
        {
            _screen.Complain($"The server at {server} refused the user name: {Screen.Sentence(e.Reason)}");
            return ExitCodes.Refused;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            _screen.Complain($"No server answers at {server}: {Screen.Sentence(e.Message)} Is it running, and is that its port?");
            return ExitCodes.NoServer;
        }
    }

    private async Task ConnectWhenThereIsRoomAsync(IndexClient index, string server)
    {
        while (true)
        {
            try
            {
                await index.ConnectAsync(_ending.Token);
                return;
            }
            catch (ServerBusyException e)
            {
                _screen.Say($"The server at {server} is full; trying again in {e.Pause.TotalSeconds:F0} s.");
                await Task.Delay(e.Pause, time, _ending.Token);
            }
        }
    }

    private async Task<int> ConverseAsync(
        IndexClient index, ServerChoice servers, int port, SharedFiles shared, ContentIdentifier identifier, LayerStore layers, ILogger log)
    {
        _screen.Say($"Connected to {servers.Name} as {Screen.Safe(options.User.Text)}; peers reach me on port {port}.");
        log.Information("Connected to {Server:l} as {User:l}", servers.Name, Screen.Safe(options.User.Text));
        if (!Console.IsInputRedirected)
            _screen.Say("HELP lists the commands.");

        var publisher = new Publisher(index, shared, port);
        index.Lost += () => _screen.Say("The connection to the server is lost; trying to make it again. Running transfers go on.");
        index.Restored += () => _screen.Say($"The connection to the server ({servers.Name}) is back; everything is announced again.");
        index.OnRestored = publisher.RepublishAsync;
        var changes = new ChangeWatch(
            shared, publisher, identifier, (file, what) => _screen.Say($"{Screen.Safe(file.Name.ToString())} {what}"), time, log).RunAsync(_ending.Token);

        var services = new DownloadServices(dial, identifier, layers, time, log);
        var downloader = new Downloader(
            new DownloadsFolder(options.Downloads, OperatingSystem.IsWindows()), index, services, new OwnAddresses(port).Contains);
        var runner = new CommandRunner(
            new AnnounceCommand(new Announcer(identifier, shared, publisher), _screen, time),
            new ListCommands(index, shared, _screen),
            new RequestCommand(downloader, index, _screen, time),
            publisher,
            _interrupts,
            _screen,
            log);

        // Before the prompt, not at the first ReadLine: what is typed into a terminal that is just being set up would be lost.
        _ = Console.In;
        var succeeded = await new CommandLoop(Console.ReadLine, runner, _screen).RunAsync(_ending.Token);
        await _ending.CancelAsync();
        await changes;
        if (_screen.HasLostOutput)
            _screen.Complain("Not everything could be printed: the output is full or closed.");
        return (succeeded && !_screen.HasLostOutput) || !Console.IsInputRedirected ? ExitCodes.Success : ExitCodes.Failed;
    }

    private static Screen ScreenOfConsole()
    {
        var terminal = Console.IsOutputRedirected
            ? null
            : new Lazy<IAnsiConsole>(() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) }));

        // Where both are the terminal, one writer keeps lines of both kinds from meeting.
        var errors = Console.IsErrorRedirected || terminal is null ? Console.Error : Console.Out;
        return new Screen(Console.Out, errors, terminal, isPrompting: terminal is not null && !Console.IsInputRedirected);
    }
}
