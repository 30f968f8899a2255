using System.Net;
using System.Text;
using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Running;
using P2PShare.Networking;
using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Index;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using Serilog.Core;

namespace P2PShare.Benchmarks.Inner;

/// <summary>A download in this process, from an owner in another.</summary>
internal sealed class ReceivedAllocations : IAsyncDisposable
{
    private const long Size = 2048L * Limits.PieceBytes;

    private readonly Workspace _workspace;
    private readonly OwnerGroup _shared;

    private ReceivedAllocations(Workspace workspace, OwnerGroup shared) => (_workspace, _shared) = (workspace, shared);

    public static async Task<ReceivedAllocations> StartAsync(Workspace workspace) =>
        new(workspace, await OwnerGroup.StartAsync(workspace, workspace.LargeFile(Size), "received", owners: 1));

    /// <summary>Measures the bytes allocated for each piece, from the first quarter of the file to its end.</summary>
    public async Task<double> MeasureAsync()
    {
        var row = Locate(_shared.Server.Port, Path.GetFileName(_workspace.LargeFile(Size)));
        var folder = _workspace.NewFolder("received");
        var layers = new LayerStore(Path.Combine(folder, "layers"), Logger.None);
        var identifier = new ContentIdentifier(
            new IdentityCache(Path.Combine(folder, "ids"), Logger.None), layers, TimeProvider.System, Logger.None);
        var services = new DownloadServices(Dialer.ConnectAsync, identifier, layers, TimeProvider.System, Logger.None);
        var downloader = new Downloader(new DownloadsFolder(folder, isRestrictive: false), new SingleOwnerIndex(row), services, _ => false);
        var meter = new Meter();
        var outcome = await downloader.FetchFileAsync(new FileRequest(row.Name), meter, CancellationToken.None);
        return outcome.Succeeded ? meter.BytesPerPiece : throw new InvalidOperationException($"{outcome}");
    }

    public ValueTask DisposeAsync() => _shared.DisposeAsync();

    private static OwnerRow Locate(int port, string name)
    {
        using var socket = LineLoad.Connect(new IPEndPoint(IPAddress.Loopback, port), Dataset.Greeting);
        socket.Send(Encoding.ASCII.GetBytes($"LOCATE {name}\n"));
        var buffer = new byte[4096];
        var reply = buffer.AsMemory(0, socket.Receive(buffer));
        return OwnerRow.TryParse(reply[..reply.Span.IndexOf((byte)'\n')], out var row)
            ? row
            : throw new InvalidDataException($"{name} is not shared.");
    }

    // Reads the counter at each progress report. The download reports at intervals of time and not for each piece.
    private sealed class Meter : IDownloadObserver
    {
        private (long Fetched, long Allocated)? _first;
        private (long Fetched, long Allocated) _last;

        public double BytesPerPiece =>
            (double)(_last.Allocated - _first!.Value.Allocated) / (_last.Fetched - _first.Value.Fetched) * Limits.PieceBytes;

        public void Report(DownloadProgress progress)
        {
            if (progress.Bytes is <= Size / 4 or >= Size)
                return;
            _last = (progress.Bytes, GC.GetTotalAllocatedBytes(precise: true));
            _first ??= _last;
        }

        public void Notify(DownloadEvent happened)
        {
        }
    }

    private sealed class SingleOwnerIndex(OwnerRow row) : IOwnerIndex
    {
        private readonly IReadOnlyList<OwnerRow> _rows = [row];

        public Features Features => Features.Swarm;

        public Task<PeerAddress?> RequestAsync(FileName name, CancellationToken cancellation) => Task.FromResult<PeerAddress?>(row.Owner);

        public Task<IReadOnlyList<OwnerRow>> LocateAsync(FileName name, CancellationToken cancellation) => Task.FromResult(_rows);

        public Task<IReadOnlyList<OwnerRow>> LocateAsync(FileId id, CancellationToken cancellation) => Task.FromResult(_rows);

        public Task<IReadOnlyList<PeerRow>> LocatePeersAsync(FileId id, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<PeerRow>>([new PeerRow(true, row.Owner)]);

        public Task<IReadOnlyList<OwnerRow>> ListSharesAsync(ReadOnlyMemory<byte> prefix, CancellationToken cancellation) =>
            Task.FromResult(_rows);
    }
}
