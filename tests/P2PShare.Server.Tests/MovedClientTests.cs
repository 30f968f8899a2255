using System.Net;
using P2PShare.Networking;
using P2PShare.Networking.Security;
using P2PShare.Networking.Security.Identities;
using P2PShare.Peer.Index;
using P2PShare.Peer.Index.Servers;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Guards;
using P2PShare.Testing;
using Serilog;

namespace P2PShare.Server.Tests;

/// <summary>Two servers on the loopback, and a client whose user named the first one only.</summary>
public sealed class MovedClientTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly SessionToken Token = SessionToken.Create();

    private readonly TempFolder _folder = new();
    private readonly ProgramKey _clientKey = ProgramKey.Create();
    private readonly ProgramKey _firstKey = ProgramKey.Create();
    private readonly ProgramKey _secondKey = ProgramKey.Create();
    private readonly RecordedLog _events = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_moves_to_a_server_that_it_learned_when_the_first_one_ends(bool isEncrypted)
    {
        await using var second = await StartAsync(isEncrypted ? _secondKey : null);
        var row = $"SERVER 127.0.0.1:{second.Port} {(isEncrypted ? _secondKey.Fingerprint : "-")}";
        await using var first = await StartAsync(isEncrypted ? _firstKey : null, row);
        var log = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(_events).CreateLogger();
        var servers = new ServerFailover([new IPEndPoint(IPAddress.Loopback, first.Port)], OpenAsync, log);
        await using var index = new IndexClient(servers.OpenAsync, TimeProvider.System, new Random(1), log);
        var restored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        index.Restored += restored.SetResult;
        index.RestoreState = AnnounceAsync;
        await index.ConnectAsync(default).WaitAsync(Patience);
        using var stop = new CancellationTokenSource();
        var discovering = new ServerDiscovery(index, servers, TimeProvider.System, log).RunAsync(stop.Token);
        await LearnedAsync("named 1 others");

        await first.StopAsync();
        await restored.Task.WaitAsync(Patience);

        servers.CurrentName.Should().Be($"127.0.0.1:{second.Port}");
        index.ServerKey.Should().Be(isEncrypted ? _secondKey.Fingerprint : null);
        (await index.RequestAsync(Named("a"), default).WaitAsync(Patience)).ToString().Should().Be("127.0.0.1:9001");
        await LearnedAsync("named 0 others");
        await stop.CancelAsync();
        await discovering.WaitAsync(Patience);
    }

    public void Dispose()
    {
        foreach (var disposable in new IDisposable[] { _folder, _clientKey, _firstKey, _secondKey })
            disposable.Dispose();
    }

    private static Task<RunningServer> StartAsync(ProgramKey? key, params string[] rows)
    {
        var tls = key is null ? null : new TlsAcceptor(new OpenIdentity(key), Patience, TimeProvider.System);
        var security = new ConnectionSecurity(tls, isRequired: false, TimeProvider.System);
        return RunningServer.StartAsync(servers: new FixedServers(rows), security: security);
    }

    private static Task AnnounceAsync(IndexConnection connection, CancellationToken cancellation) =>
        connection.CommandAsync(new Announce(Named("a"), 9001), cancellation);

    private Task LearnedAsync(string text) =>
        Eventually.True(() => _events.Lines.Any(line => line.Contains(text, StringComparison.Ordinal)), "the answer to be read");

    private Task<IndexConnection> OpenAsync(ServerCandidate server, CancellationToken cancellation)
    {
        var tls = new TlsDialer(new OpenIdentity(_clientKey), Patience, TimeProvider.System);
        var servers = new EncryptedServers(Dialer.ConnectAsync, tls, new KnownServers(_folder.File("known_servers")), null);
        return servers.OpenAsync(
            server,
            (dial, refusesOfferedTls) => IndexConnection.OpenAsync(
                dial, server.Address, User(), Token, refusesOfferedTls, TimeProvider.System, cancellation),
            cancellation);
    }

    private static UserName User() => UserName.TryParse("yigido"u8, out var user, out var refusal)
        ? user
        : throw new InvalidOperationException(refusal);

    private static FileName Named(string text) => FileName.TryParse(text, out var name, out var refusal)
        ? name
        : throw new ArgumentException(refusal, nameof(text));
}
