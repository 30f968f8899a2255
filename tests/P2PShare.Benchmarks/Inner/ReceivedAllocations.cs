using System.Net;
using System.Text;
using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Running;
using P2PShare.Client.Content;
using P2PShare.Client.Downloads;
using P2PShare.Networking;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using Serilog.Core;

namespace P2PShare.Benchmarks.Inner;

/// <summary>A download in this process, from an owner in another.</summary>
internal sealed class ReceivedAllocations : IAsyncDisposable
{
    private const long Base = 64L * Limits.PieceBytes;
    private const int MorePieces = 1024;
    private const long Large = Base + (long)MorePieces * Limits.PieceBytes;

    private readonly Workspace _workspace;
    private readonly SharedBy _small;
    private readonly SharedBy _large;

    private ReceivedAllocations(Workspace workspace, SharedBy small, SharedBy large) => (_workspace, _small, _large) = (workspace, small, large);

    public static async Task<ReceivedAllocations> StartAsync(Workspace workspace) => new(
        workspace,
        await SharedBy.StartAsync(workspace, workspace.LargeFile(Base), "small", owners: 1),
        await SharedBy.StartAsync(workspace, workspace.LargeFile(Large), "large", owners: 1));

    /// <summary>Bytes for each piece beyond those that any download costs.</summary>
    public async Task<double> MeasureAsync() => (await FetchAsync(_large, Large) - await FetchAsync(_small, Base)) / MorePieces;

    public async ValueTask DisposeAsync()
    {
        await _small.DisposeAsync();
        await _large.DisposeAsync();
    }

    private async Task<double> FetchAsync(SharedBy shared, long size)
    {
        var row = Locate(shared.Server.Port, Path.GetFileName(_workspace.LargeFile(size)));
        var folder = _workspace.NewFolder("received");
        var layers = new LayerStore(Path.Combine(folder, "layers"), Logger.None);
        var identifier = new Identifier(new IdentityCache(Path.Combine(folder, "ids"), Logger.None), layers, TimeProvider.System, Logger.None);
        var tools = new DownloadTools(Dialer.ConnectAsync, identifier, layers, TimeProvider.System, Logger.None);
        var downloader = new Downloader(new DownloadsFolder(folder, isRestrictive: false), new OneRow(row), tools, _ => false);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var outcome = await downloader.FetchFileAsync(row.Name, null, new Silent(), CancellationToken.None);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        return outcome.Succeeded ? allocated : throw new InvalidOperationException(outcome.Summary);
    }

    private static OwnerRow Locate(int port, string name)
    {
        using var socket = LineLoad.Connect(new IPEndPoint(IPAddress.Loopback, port), Library.Greeting);
        socket.Send(Encoding.ASCII.GetBytes($"LOCATE {name}\n"));
        var buffer = new byte[4096];
        var reply = buffer.AsMemory(0, socket.Receive(buffer));
        return OwnerRow.TryParse(reply[..reply.Span.IndexOf((byte)'\n')], out var row) ? row : throw new InvalidDataException($"{name} is not shared.");
    }

    private sealed class Silent : IDownloadObserver
    {
        public void Report(DownloadProgress progress)
        {
        }

        public void Note(string sentence)
        {
        }
    }

    private sealed class OneRow(OwnerRow row) : IOwnerIndex
    {
        private readonly IReadOnlyList<OwnerRow> _rows = [row];

        public Features Features => Features.Swarm;

        public Task<PeerAddress?> RequestAsync(FileName name, CancellationToken cancellation) => Task.FromResult<PeerAddress?>(row.Owner);

        public Task<IReadOnlyList<OwnerRow>> LocateAsync(FileName name, CancellationToken cancellation) => Task.FromResult(_rows);

        public Task<IReadOnlyList<OwnerRow>> LocateAsync(FileId id, CancellationToken cancellation) => Task.FromResult(_rows);

        public Task<IReadOnlyList<OwnerRow>> ListSharesAsync(ReadOnlyMemory<byte> prefix, CancellationToken cancellation) => Task.FromResult(_rows);
    }
}
