using System.Net;
using System.Security.Cryptography;
using System.Text;
using P2PShare.Networking;
using P2PShare.Peer.Content;
using P2PShare.Peer.Index;
using P2PShare.Peer.Index.Servers;
using P2PShare.Peer.Sharing;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Benchmarks.Load;

/// <summary>The server connections of many real clients in one process. Each announces its part of a dataset and reconnects.</summary>
internal sealed class ClientCrowd : IAsyncDisposable
{
    private const int FileBytes = 1000;

    private readonly List<IndexClient> _clients = [];
    private int _restored;

    /// <summary>Whether every client is connected and has announced all its files.</summary>
    public bool AreAllRestored => Volatile.Read(ref _restored) == _clients.Count;

    /// <param name="dataset">What they announce.</param>
    /// <param name="serverPorts">
    /// Servers of this machine. The first client connects to the first one, the second to the second, and so on; each knows all of them.
    /// </param>
    public static async Task<ClientCrowd> StartAsync(Dataset dataset, params int[] serverPorts)
    {
        var crowd = new ClientCrowd();
        for (var owner = 0; owner < dataset.Owners; owner++)
        {
            var first = owner % serverPorts.Length;
            var ports = serverPorts[first..].Concat(serverPorts[..first]);
            await crowd.AddAsync(dataset, owner, [.. ports.Select(port => new IPEndPoint(IPAddress.Loopback, port))]);
        }

        return crowd;
    }

    public Task WaitUntilAllLostAsync() => Eventually.True(() => Volatile.Read(ref _restored) == 0, "all clients to have lost the server");

    public Task WaitUntilSomeLostAsync() =>
        Eventually.True(() => !AreAllRestored, "some clients to have lost their server");

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();
    }

    private async Task AddAsync(Dataset dataset, int owner, EndPoint[] servers)
    {
        var (user, token) = (UserName.TryParse("crowd"u8, out var name, out _) ? name : default, SessionToken.Create());
        var failover = new ServerFailover(
            servers,
            (server, cancellation) =>
                IndexConnection.OpenAsync(Dialer.ConnectAsync, server.Address, user, token, TimeProvider.System, cancellation),
            Logger.None);
        var index = new IndexClient(
            failover.OpenAsync,
            TimeProvider.System, new Random(owner), Logger.None);
        var first = owner * dataset.PerOwner;
        var publisher = new Publisher(index, new SharedFiles(), dataset.PortOf(first));
        index.RestoreState = publisher.RepublishAsync;
        index.Lost += () => Interlocked.Decrement(ref _restored);
        index.Restored += () => Interlocked.Increment(ref _restored);
        _clients.Add(index);
        await index.ConnectAsync(CancellationToken.None);
        await publisher.PublishAsync([.. Enumerable.Range(first, dataset.PerOwner).Select(FileOf)], CancellationToken.None);
        Interlocked.Increment(ref _restored);
    }

    private static SharedFile FileOf(int number)
    {
        var name = TestName.Parse(Dataset.NameOf(number));
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Dataset.NameOf(number))));
        return FileId.TryParse(Encoding.ASCII.GetBytes(id), out var fileId) && FileIdentity.TryCreate(fileId, FileBytes, out var identity)
            ? new SharedFile(name, "", new IdentifiedFile(default, identity))
            : throw new InvalidOperationException(id);
    }
}
