using System.Net;
using System.Net.Sockets;
using System.Text;
using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Running;
using P2PShare.Peer.Content;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Benchmarks.Inner;

/// <summary>A peer in this process that serves a file to a raw socket.</summary>
internal sealed class ServedAllocations : IAsyncDisposable
{
    private const int Pieces = 512;
    private readonly CancellationTokenSource _ending = new();
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly byte[][] _gets;
    private readonly PeerListener _listener;
    private readonly Task _running;
    private readonly Socket _requester;

    private ServedAllocations(PeerListener listener, FileId id)
    {
        _listener = listener;
        _running = listener.RunAsync(_ending.Token);
        _gets =
        [
            .. Enumerable.Range(0, Pieces)
                .Select(piece => Encoding.ASCII.GetBytes($"GET {id} {(long)piece * Limits.PieceBytes} {Limits.PieceBytes}\n")),
        ];
        _requester = LineLoad.Connect(new IPEndPoint(IPAddress.Loopback, listener.Port), "PROTO_VERSION 1.0\n");
    }

    public static async Task<ServedAllocations> StartAsync(Workspace workspace)
    {
        var path = workspace.LargeFile((long)Pieces * Limits.PieceBytes);
        var folder = workspace.NewFolder("serving");
        var layers = new LayerStore(Path.Combine(folder, "layers"), Logger.None);
        var identifier = new ContentIdentifier(
            new IdentityCache(Path.Combine(folder, "ids"), Logger.None), layers, TimeProvider.System, Logger.None);
        var shared = new SharedFiles();
        var identified = await identifier.IdentifyAsync(path, hashed: null, CancellationToken.None);
        var file = new SharedFile(TestName.Parse("served.bin"), path, identified);
        shared.Put(file);
        var slots = UploadSlots.Of(UploadLimits.Slots, TimeProvider.System);
        var services = new UploadServices(shared, layers, new GivingPeers(), slots, TimeProvider.System, Logger.None);
        return new ServedAllocations(PeerListener.Bind(IPAddress.Loopback, 0, services), file.Identity.Id);
    }

    /// <summary>Measures the bytes allocated for each GET of a piece.</summary>
    public double Measure()
    {
        var header = Encoding.ASCII.GetByteCount($"DATA {Limits.PieceBytes}\n");
        var before = GC.GetTotalAllocatedBytes(precise: true);
        foreach (var get in _gets)
        {
            _requester.Send(get);
            for (var left = Limits.PieceBytes + header; left > 0;)
                left -= _requester.Receive(_buffer) is > 0 and var count ? count : throw new IOException("The peer closed the connection.");
        }

        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Pieces;
    }

    public async ValueTask DisposeAsync()
    {
        _requester.Dispose();
        await _ending.CancelAsync();
        await _running;
        _listener.Dispose();
        _ending.Dispose();
    }
}
