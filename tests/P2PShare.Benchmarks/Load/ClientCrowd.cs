using System.Net;
using System.Security.Cryptography;
using System.Text;
using P2PShare.Networking;
using P2PShare.Peer.Content;
using P2PShare.Peer.Index;
using P2PShare.Peer.Sharing;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Benchmarks.Load;

/// <summary>The real client's control connections, many in one process: each shares its part of a library, and keeps its server.</summary>
internal sealed class ClientCrowd : IAsyncDisposable
{
    private const int FileBytes = 1000;

    private readonly List<IndexClient> _clients = [];
    private int _back;

    /// <summary>Every client is connected, and has told the server all that it shares.</summary>
    public bool AreAllBack => Volatile.Read(ref _back) == _clients.Count;

    public static async Task<ClientCrowd> StartAsync(Library library, int serverPort)
    {
        var crowd = new ClientCrowd();
        for (var owner = 0; owner < library.Owners; owner++)
            await crowd.AddAsync(library, owner, new IPEndPoint(IPAddress.Loopback, serverPort));
        return crowd;
    }

    public Task AllLostAsync() => Eventually.True(() => Volatile.Read(ref _back) == 0, "all clients to have lost the server");

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();
    }

    private async Task AddAsync(Library library, int owner, EndPoint server)
    {
        var (user, token) = (UserName.TryParse("crowd"u8, out var name, out _) ? name : default, SessionToken.Create());
        var index = new IndexClient(
            cancellation => IndexConnection.OpenAsync(Dialer.ConnectAsync, server, user, token, TimeProvider.System, cancellation),
            TimeProvider.System, new Random(owner), Logger.None);
        var first = owner * library.PerOwner;
        var publisher = new Publisher(index, new SharedFiles(), library.PortOf(first));
        index.RestoreState = publisher.RepublishAsync;
        index.Lost += () => Interlocked.Decrement(ref _back);
        index.Restored += () => Interlocked.Increment(ref _back);
        _clients.Add(index);
        await index.ConnectAsync(CancellationToken.None);
        await publisher.PublishAsync([.. Enumerable.Range(first, library.PerOwner).Select(FileOf)], CancellationToken.None);
        Interlocked.Increment(ref _back);
    }

    private static SharedFile FileOf(int number)
    {
        var name = FileName.TryParse(Library.NameOf(number), out var parsed, out var refusal) ? parsed : throw new InvalidOperationException(refusal);
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Library.NameOf(number))));
        return FileId.TryParse(Encoding.ASCII.GetBytes(id), out var fileId) && FileIdentity.TryCreate(fileId, FileBytes, out var identity)
            ? new SharedFile(name, "", new IdentifiedFile(default, identity))
            : throw new InvalidOperationException(id);
    }
}
