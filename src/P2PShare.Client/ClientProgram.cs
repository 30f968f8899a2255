using System.Net.Sockets;
using P2PShare.Client.Cli;
using P2PShare.Client.Cli.Commands;
using P2PShare.Client.Cli.Display;
using P2PShare.Client.Cli.Input;
using P2PShare.Client.Cli.Jobs;
using P2PShare.Client.Cli.Json;
using P2PShare.Client.Cli.Syntax;
using P2PShare.Client.Text;
using P2PShare.Networking;
using P2PShare.Networking.Security;
using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Index;
using P2PShare.Peer.Index.Servers;
using P2PShare.Peer.Linux;
using P2PShare.Peer.Peers;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Sharing.Following;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Client;

/// <summary>
/// The composition root: starts the parts of the client in the order in which they can fail (log, peer port, server), and runs the
/// command loop until it ends.
/// </summary>
internal sealed class ClientProgram : IDisposable
{
    private readonly ClientOptions _options;
    private readonly Dial _dial;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ending = new();
    private ClientSecurity? _security;
    private readonly Screen _screen;
    private readonly Interrupts _interrupts;

    public ClientProgram(ClientOptions options, Dial dial, TimeProvider time)
    {
        (_options, _dial, _time) = (options, dial, time);
        _screen = Screen.OfConsole(options.IsJson, options.ReadsCommands);
        _interrupts = new Interrupts(IsInteractive ? TellHowToLeave : null);
    }

    // A person types: a failed command is no failure of the program then.
    private bool IsInteractive => _options.ReadsCommands && !Console.IsInputRedirected;

    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync()
    {
        await using var log = ClientLog.Open(_options.LogFile, _options.IsVerbose, out var problem, _options.LogIsJson);
        if (problem is not null)
            _screen.Error(ErrorCodes.LogFailed, $"No log is written: {Screen.Sentence(problem)}");
        using var signals = new Signals(_interrupts, _ending, _screen.RefreshInput);
        try
        {
            _security = OpenSecurity();
            return _security is null ? ExitCodes.Failed : await RunAsync(_security, log);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            return IsInteractive ? ExitCodes.Success : ExitCodes.Failed;
        }
        catch (Exception e)
        {
            log.Fatal(e, "The client ended because of an internal error");
            _screen.Error(
                ErrorCodes.Internal,
                $"The client ended by a fault of its own ({e.GetType().Name}); {Screen.Safe(_options.LogFile)} tells more.");
            return ExitCodes.Failed;
        }
    }

    public void Dispose()
    {
        _security?.Dispose();
        _ending.Dispose();
    }

    // Null where the user was told that there is none.
    private ClientSecurity? OpenSecurity()
    {
        if (_options.Encrypts && TlsSupport.WhyMissing is { } reason)
        {
            _screen.Error(ErrorCodes.KeyFailed, $"Nothing can be encrypted: {reason}. To do without, start with --no-encryption.");
            return null;
        }

        try
        {
            return ClientSecurity.Open(_options, _dial, _time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            _screen.Error(
                ErrorCodes.KeyFailed,
                $"This client's key cannot be kept in {Screen.Safe(UserFolders.KeyFile)}: {Screen.Sentence(e.Message)} "
                + "Mend that, set XDG_STATE_HOME to another folder, or start with --no-encryption.");
            return null;
        }
    }

    private async Task<int> RunAsync(ClientSecurity security, ILogger log)
    {
        var layers = new LayerStore(Path.Combine(UserFolders.Cache, "layers"), log);
        var identifier = new ContentIdentifier(new IdentityCache(Path.Combine(UserFolders.Cache, "ids"), log), layers, _time, log);
        var files = new LocalFiles(new SharedFiles(), layers, identifier, new GivingPeers());
        var limits = TransferLimits.Of(_options.UploadLimit, _options.DownloadLimit, _time);
        var fetches = new RequesterFetches(_time);
        var transfers = new Transfers(limits, fetches);
        var slots = UploadSlots.Of(_options.UploadSlots, _time);
        var uploads = new UploadServices(files.Shared, layers, files.Giving, slots, _time, log)
        {
            Limit = limits.Up,
            Fetches = fetches,
            Tls = security.Acceptor,
        };
        PeerListener listener;
        try
        {
            listener = PeerListener.Bind(_options.Bind, _options.PeerPort, uploads);
        }
        catch (SocketException e)
        {
            _screen.Error(ErrorCodes.PortTaken, e.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? $"Peer port {_options.PeerPort} is taken by another program; choose another, or 0 for any free one."
                : $"Peer port {_options.PeerPort} cannot be listened on: {Screen.Sentence(e.Message)}");
            return ExitCodes.PortTaken;
        }

        using (listener)
        {
            var token = CreateToken();
            var servers = new ServerFailover(
                _options.Servers,
                (server, cancellation) => security.Servers.OpenAsync(
                    server,
                    (dial, refusesOfferedTls) => IndexConnection.OpenAsync(
                        dial, server.Address, _options.User, token, refusesOfferedTls, _time, cancellation),
                    cancellation),
                log);
            security.Servers.Met += (server, _) => TellMet(server);
            security.Servers.NotRemembered += reason => _screen.Notice(
                NoticeCodes.NotRemembered, $"The server's key cannot be remembered: {Screen.Sentence(reason)}");
            await using var index = new IndexClient(servers.OpenAsync, _time, Random.Shared, log);
            var connecting = new InitialConnection(index, servers.AllNames, _screen, _options.Encrypts, _time);
            var failure = await connecting.ConnectAsync(_ending.Token);
            if (failure is { } exitCode)
                return exitCode;

            // Nobody is served before it is known whether strangers are.
            var renewal = security.RenewalOf(index, log);
            if (renewal is not null)
                await BecomeMemberAsync(renewal);
            var serving = Task.WhenAll(
                listener.RunAsync(_ending.Token),
                renewal?.RunAsync(_ending.Token) ?? Task.CompletedTask,
                new ServerDiscovery(index, servers, _time, log).RunAsync(_ending.Token));
            var code = await RunCommandsAsync(index, servers, security, listener.Port, files, transfers, log);
            await _ending.CancelAsync();
            await serving;
            return code;
        }
    }

    private async Task BecomeMemberAsync(MembershipRenewal renewal)
    {
        renewal.ClockDiffers += offset => _screen.Notice(
            NoticeCodes.ClockDiffers,
            $"This computer's clock is {HumanFormat.Time(offset.Duration())} {(offset > TimeSpan.Zero ? "behind" : "ahead of")} the "
            + "server's. Certificates are checked by the server's.");
        try
        {
            await renewal.RenewAsync(_ending.Token);
        }
        catch (IOException)
        {
            // The connection was lost already. The renewal goes on when it is back.
        }
    }

    private static SessionToken CreateToken()
    {
        Span<byte> random = stackalloc byte[SessionToken.RandomBytes];
        SystemRandom.Fill(random);
        return SessionToken.FromRandom(random);
    }

    private async Task<int> RunCommandsAsync(
        IndexClient index,
        ServerFailover servers,
        ClientSecurity security,
        int port,
        LocalFiles files,
        Transfers transfers,
        ILogger log)
    {
        _screen.Result(
            new OutputRecord.Connected(servers.CurrentName, _options.User.Text, port),
            $"Connected to {servers.CurrentName} as {Screen.Safe(_options.User.Text)}; peers reach me on port {port}.");
        log.Information("Connected to {Server:l} as {User:l}", servers.CurrentName, Screen.Safe(_options.User.Text));
        if (IsInteractive)
            _screen.Text("HELP lists the commands.");

        var publisher = new Publisher(index, files.Shared, port);
        index.Lost += () => _screen.Notice(
            NoticeCodes.ServerLost, "The connection to the server is lost; trying to make it again. Running transfers go on.");
        index.Restored += () => _screen.Notice(
            NoticeCodes.ServerRestored, $"The connection to the server ({servers.CurrentName}) is back; everything is announced again.");
        index.NotAMember += () => _screen.Notice(
            NoticeCodes.NotAMember,
            $"The server ({servers.CurrentName}) ends the connection without an answer: this client may be no member any more.");
        index.NotTrusted += e => _screen.Notice(NoticeCodes.ServerNotTrusted, ServerDistrust.Text(e));
        index.RestoreState = publisher.RepublishAsync;
        var announcer = new Announcer(files.Identifier, files.Shared, publisher);
        await using var followed = new FollowedFolders(files.Shared, files.Identifier, announcer, publisher, TellChange, _time, log);
        var changes = new ChangeWatcher(files.Shared, publisher, files.Identifier, followed, TellChange, _time, log)
            .RunAsync(_ending.Token);
        var resharing = _options.Reshares ? new Resharing(files.Shared, publisher, port, log) : null;
        var telling = resharing?.RunAsync(_ending.Token) ?? Task.CompletedTask;
        if (_options.Notifies)
            new RequesterNotices(_screen).Follow(transfers.Fetches);
        var looking = transfers.Fetches.RunAsync(_ending.Token);
        var keys = _screen.CanEditLines && IsInteractive ? new ConsoleKeyboard() : null;
        var jobs = new JobList();
        var announce = new AnnounceCommand(announcer, followed, new FetchCommandLine(() => servers.Current), _screen, _time);
        var pager = new Pager(_screen, keys);
        var runner = CreateRunner(index, security, announce, followed, publisher, resharing, port, files, transfers, jobs, pager, log);
        var succeeded = true;
        foreach (var path in _options.Shares)
            succeeded &= await runner.RunAsync(new Command.Announce(path) { Excluded = _options.Excluded }, _ending.Token);
        var lines = LinesOf(keys, new CommandCompleter(index, files.Shared));
        succeeded &= await new CommandLoop(lines, runner, jobs, _screen, IsInteractive).RunAsync(_ending.Token);
        await _ending.CancelAsync();
        await Task.WhenAll([changes, telling, looking, .. jobs.Running.Select(job => job.Ended)]);
        if (_screen.HasLostOutput)
            _screen.Error(ErrorCodes.OutputFailed, "Not everything could be printed: the output is full or closed.");
        return (succeeded && !_screen.HasLostOutput) || IsInteractive ? ExitCodes.Success : ExitCodes.Failed;
    }

    private Func<CancellationToken, Task<string?>> LinesOf(ConsoleKeyboard? keys, CommandCompleter completer)
    {
        if (!_options.ReadsCommands)
            return CommandLines.Of(_options.Commands, _options.Stays);
        if (keys is not null)
        {
            var editor = new LineEditor(keys, _screen, new History(UserFolders.HistoryFile), completer.CompleteAsync);
            _interrupts.TryClearLine = editor.TryClear;
            return editor.ReadLineAsync;
        }

        // Set up the terminal before the prompt, not at the first ReadLine: what is typed while that happens would be lost.
        if (IsInteractive)
            _ = Console.In;
        return CommandLines.Of(Console.ReadLine, _screen);
    }

    private void TellHowToLeave() => _screen.Text("EXIT, Ctrl+D or a second Ctrl+C leaves.");

    private CommandRunner CreateRunner(
        IndexClient index,
        ClientSecurity security,
        AnnounceCommand announce,
        FollowedFolders followed,
        Publisher publisher,
        Resharing? resharing,
        int port,
        LocalFiles files,
        Transfers transfers,
        JobList jobs,
        Pager pager,
        ILogger log)
    {
        var services = new DownloadServices(security.DialOwners(index), files.Identifier, files.Layers, _time, log)
        {
            Resharing = resharing,
            Giving = files.Giving,
            KeepsTimes = _options.KeepsTimes,
            SharedPathOf = name => files.Shared.TryFind(name, out var file) ? file.Path : null,
            Limit = transfers.Limits.Down,
        };
        var folder = new DownloadsFolder(_options.Downloads, OperatingSystem.IsWindows());
        var downloader = new Downloader(folder, index, services, new OwnAddresses(port).Contains);
        return new CommandRunner(
            announce,
            new ListCommands(index, files.Shared, transfers.Fetches, _screen, pager),
            new RequestCommand(downloader, index, new SavePaths(folder.Root)),
            new LimitCommand(transfers.Limits, _screen),
            new FingerprintCommand(security.OwnKey, () => index.ServerKey, _screen),
            jobs,
            publisher,
            followed,
            _interrupts,
            _screen,
            _time,
            log);
    }

    private void TellMet(string server) => _screen.Notice(
        NoticeCodes.ServerMet, $"First meeting with {server}: its key is remembered. FINGERPRINT prints it.");

    private void TellChange(SharedFile file, string what) =>
        _screen.Notice(NoticeCodes.FileChanged, $"{Screen.Safe(file.Name.ToString())} {what}");

    private void TellChange(FollowedFolder folder, string what) =>
        _screen.Notice(NoticeCodes.FolderChanged, $"{Screen.Safe(folder.Name)}: {what}");

    private sealed record Transfers(TransferLimits Limits, RequesterFetches Fetches);

    private sealed record LocalFiles(SharedFiles Shared, LayerStore Layers, ContentIdentifier Identifier, GivingPeers Giving);
}
