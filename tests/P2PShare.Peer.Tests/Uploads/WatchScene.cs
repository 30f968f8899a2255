using System.Net;
using System.Text;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Peer.Tests.Uploads;

/// <summary>A peer that shares a part of five pieces, and one requester's conversation with it, in memory.</summary>
public abstract class WatchScene : IAsyncLifetime
{
    private protected const string Hello = "VERSION_OK SWARM PIECES META\n";
    private protected const int Piece = Limits.PieceBytes;

    private protected static readonly byte[] Content = new SeededBytes(8).Create(4 * Piece + 5);

    private protected readonly SharingPeer _owner = new();
    private protected readonly ManualTimeProvider _time = new();
    private protected readonly StreamPair _pair = new();
    private protected readonly GivingPeers _giving = new();
    private protected readonly UploadSlots _slots;
    private protected SharedPart? _part;
    private protected FileId _id;
    private protected bool _isPartClosed;
    private readonly CancellationTokenSource _ending = new();
    private Task? _session;
    private string? _path;

    protected WatchScene() =>
        _slots = new UploadSlots(UploadLimits.Slots, UploadLimits.SlotsPerRequester, UploadLimits.SlotPatience, _time);

    public async Task InitializeAsync()
    {
        _path = _owner.Folder.Write("part", Content);
        var identity = (await _owner.Identifier.IdentifyAsync(_path, hashed: null, CancellationToken.None)).Identity;
        _id = identity.Id;
        _part = new SharedPart(SharingPeer.NameOf("part"), _owner.Layers.TryGet(identity)!, File.OpenHandle(_path));
        _owner.Shared.TryAdd(_part).Should().BeTrue();
        var connection = new StreamConnection(_pair.Near, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1), _pair.Reset);
        var services = new UploadServices(_owner.Shared, _owner.Layers, _giving, _slots, _time, Logger.None);
        _session = new PeerSession(connection, services).RunAsync(_ending.Token);
        await SendAsync("PROTO_VERSION 1.0\n");
        await ExpectAsync(Hello);
    }

    public async Task DisposeAsync()
    {
        if (!_isPartClosed)
            ClosePart();
        await _ending.CancelAsync();
        await _session!.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(30));
        _pair.Dispose();
        await _owner.DisposeAsync();
        _ending.Dispose();
    }

    private protected static Requester Other(int number) =>
        new(IPAddress.Parse($"198.51.100.{number}")) { IsWatching = true, Standing = Standing.Gives };

    private protected void Have(int first, int last) => _part!.Add(new PieceRange(first, last));

    private protected void ClosePart()
    {
        var handle = _part!.TryUse();
        _owner.Shared.Remove(_part);
        _part.Close(() =>
        {
            handle?.Dispose();
            _isPartClosed = true;
        });
        _part.EndUse();
    }

    /// <summary>The finished file replaces its part, as after a download.</summary>
    private protected async Task FinishAsync()
    {
        Have(0, 4);
        var content = await _owner.Identifier.IdentifyAsync(_path!, hashed: null, CancellationToken.None);
        _owner.Shared.TryAdd(new SharedFile(SharingPeer.NameOf("a"), _path!, content, _part)).Should().BeTrue();
        ClosePart();
    }

    private protected async Task SendAsync(string lines) =>
        await _pair.Far.WriteAsync(Encoding.ASCII.GetBytes(lines.Replace("{id}", _id.ToString(), StringComparison.Ordinal)));

    private protected async Task ExpectAsync(string answer) =>
        Encoding.Latin1.GetString(await ReadAsync(answer.Length)).Should().Be(answer);

    private protected async Task ExpectPieceAsync(int piece)
    {
        var expected = Content.AsMemory(piece * Piece, Math.Min(Piece, Content.Length - piece * Piece));
        await ExpectAsync($"DATA {expected.Length}\n");
        (await ReadAsync(expected.Length)).AsSpan().SequenceEqual(expected.Span).Should().BeTrue();
    }

    private protected static string Get(int piece) =>
        $"GET {{id}} {(long)piece * Piece} {Math.Min(Piece, Content.Length - piece * Piece)}\n";

    private protected Task UntilWaitingForAsync(TimeSpan time) =>
        Eventually.True(() => _time.UntilNextTimer == time, $"a timer of {time}");

    private protected async Task<byte[]> ReadAsync(int count)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var bytes = new byte[count];
        await _pair.Far.ReadExactlyAsync(bytes, deadline.Token);
        return bytes;
    }
}
