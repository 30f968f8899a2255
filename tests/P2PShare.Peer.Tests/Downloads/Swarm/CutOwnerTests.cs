using System.Net;
using P2PShare.Networking;
using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Tests.Downloads.Scheduling;
using P2PShare.Peer.Tests.Peers;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using P2PShare.Testing.Peers;
using Serilog.Core;

namespace P2PShare.Peer.Tests.Downloads.Swarm;

/// <summary>
/// An owner whose connection closes after each possible number of bytes: in its lines after every byte, in its content at a stride.
/// </summary>
public sealed class CutOwnerTests : DownloadScene, IAsyncLifetime
{
    private const int Size = MiB + 5;
    private const int Stride = 49_999;

    // VERSION_OK SWARM | DATA 64 | two hashes | DATA 1048576 | the first piece | DATA 5 | the second
    private const int LayerEnd = 17 + 8 + 64;
    private const int FirstPieceBegin = LayerEnd + 13;
    private const int FirstPieceEnd = FirstPieceBegin + MiB;
    private const int SecondPieceBegin = FirstPieceEnd + 7;
    private const int End = SecondPieceBegin + 5;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private static readonly PeerAddress Cut = PeerAddress.Create(IPAddress.Parse("192.0.2.1"), 9001);
    private static readonly PeerAddress Honest = PeerAddress.Create(IPAddress.Parse("192.0.2.2"), 9002);

    private readonly byte[] _content = new SeededBytes(21).Create(Size);
    private FileIdentity _identity;
    private HonestOwner? _owner;

    public async Task InitializeAsync()
    {
        var layers = new LayerStore(_folder.File("owner"), Logger.None);
        var path = _folder.Write("owner/content", _content);
        var cache = new IdentityCache(_folder.File("owner/ids"), Logger.None);
        var identifier = new ContentIdentifier(cache, layers, TimeProvider.System, Logger.None);
        _identity = (await identifier.IdentifyAsync(path, hashed: null, default)).Identity;
        _owner = new HonestOwner(_content, layers.TryGet(_identity)!.Hashes);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private static IEnumerable<int> EveryCut() => Enumerable.Range(0, FirstPieceBegin + 1)
        .Concat(Enumerable.Range(1, MiB / Stride).Select(stride => FirstPieceBegin + (stride * Stride)))
        .Concat(Enumerable.Range(FirstPieceEnd - 1, End - FirstPieceEnd + 2));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_an_honest_owner_too_a_cut_at_any_byte_costs_nothing_and_nobody_is_rejected(bool resets)
    {
        await AtOnceAsync(EveryCut(), async cut =>
        {
            await using var scene = new Scene(this, cut, resets);
            scene.Add(Cut);
            scene.Add(Honest);

            var outcome = await scene.FetchAsync(honestAfterCut: true);

            outcome.Should().BeOfType<DownloadOutcome.Saved>($"of the cut after {cut} bytes")
                .Which.Transfer.RejectedOwners.Should().BeEmpty();
            scene.Saved().AsSpan().SequenceEqual(_content).Should().BeTrue($"of the cut after {cut} bytes");
            scene.Leftovers().Should().BeEmpty();
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_owner_that_is_always_cut_sends_what_fits_between_two_cuts_or_the_download_ends_as_incomplete(bool resets)
    {
        // What a connection completes is kept: the layer, the first piece, the second. A reset loses what was on its way.
        const int Enough = 17 + 13 + MiB;
        await AtOnceAsync(EveryCut(), async cut =>
        {
            await using var scene = new Scene(this, cut, resets);
            scene.Add(Cut);

            var outcome = await scene.FetchAsync();

            if (outcome is DownloadOutcome.Saved saved)
            {
                saved.Transfer.RejectedOwners.Should().BeEmpty();
                cut.Should().BeGreaterThanOrEqualTo(Enough);
                scene.Saved().AsSpan().SequenceEqual(_content).Should().BeTrue($"of the cut after {cut} bytes");
                return;
            }

            (resets || cut < Enough).Should().BeTrue($"of the cut after {cut} bytes");
            outcome.Should().BeOfType<DownloadOutcome.Incomplete>().Which.Transfer.RejectedOwners.Should().BeEmpty();
            scene.Exists().Should().BeFalse();
        });
    }

    [Fact]
    public async Task Pieces_verified_before_the_cut_are_not_requested_again()
    {
        await AtOnceAsync(EveryCut().Where(cut => cut >= LayerEnd), async cut =>
        {
            await using var scene = new Scene(this, cut, resets: false) { MostConnections = 1 };
            scene.Add(Cut);
            (await scene.FetchAsync()).Succeeded.Should().Be(cut >= End, $"of the cut after {cut} bytes");
            if (cut >= End)
                return;

            scene.RemoveAll();
            scene.Add(Honest);
            (await scene.FetchAsync()).Succeeded.Should().BeTrue();

            scene.Saved().AsSpan().SequenceEqual(_content).Should().BeTrue();
            var both = 13 + MiB + 7 + 5;
            scene.SentByHonest.Should().Be(17 + (cut < FirstPieceEnd ? both : both - 13 - MiB), $"the layer was there after {cut} bytes");
        });
    }

    // The scenes are independent, and each spends most of its time waiting.
    private static Task AtOnceAsync(IEnumerable<int> cuts, Func<int, Task> play) =>
        Parallel.ForEachAsync(cuts, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (cut, _) => await play(cut));

    /// <summary>A downloads folder, the owner that is cut, the honest one, and a clock that advances while both are idle.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        private readonly TempFolder _folder = new();
        private readonly TableIndex _index = new();
        private readonly ManualTimeProvider _time = new();
        private readonly FileIdentity _identity;
        private readonly CuttingPeer _cut;
        private readonly CuttingPeer _honest;
        private bool _honestWaits;

        public Scene(CutOwnerTests tests, int cut, bool resets)
        {
            _identity = tests._identity;
            _cut = new CuttingPeer(tests._owner!.Answer, cut, resets);
            _honest = new CuttingPeer(tests._owner!.Answer, long.MaxValue);
        }

        public int MostConnections { get; init; } = int.MaxValue;

        public long SentByHonest => _honest.Sent;

        public void Add(PeerAddress owner) => _index.Add(new OwnerRow(_identity, owner, SharingPeer.NameOf("a")));

        public void RemoveAll() => _index.RemoveOwner(Cut);

        public byte[] Saved() => File.ReadAllBytes(_folder.File("a"));

        public bool Exists() => File.Exists(_folder.File("a"));

        public string[] Leftovers() => Directory.GetFiles(_folder.Path, "*.part");

        public async Task<DownloadOutcome> FetchAsync(bool honestAfterCut = false)
        {
            _honestWaits = honestAfterCut;
            var layers = new LayerStore(_folder.File(".layers"), Logger.None);
            var identifier = new ContentIdentifier(new IdentityCache(_folder.File(".ids"), Logger.None), layers, _time, Logger.None);
            var services = new DownloadServices(DialAsync, identifier, layers, _time, Logger.None) { Random = new LowestChoice() };
            var fetching = new Downloader(new DownloadsFolder(_folder.Path, isRestrictive: false), _index, services, _ => false)
                .FetchFileAsync(new FileRequest(SharingPeer.NameOf("a")), new RecordingObserver(), CancellationToken.None);

            // Slowly while an owner may still send something: it must not count as stalled.
            await _time.AdvanceUntilEndedAsync(fetching, () => _cut.IsIdle && _honest.IsIdle ? Step : Tick);
            return await fetching;
        }

        public async ValueTask DisposeAsync()
        {
            await _cut.DisposeAsync();
            await _honest.DisposeAsync();
            _folder.Dispose();
        }

        private async Task<Connection> DialAsync(EndPoint to, CancellationToken cancellation)
        {
            var isCut = to.Equals(new IPEndPoint(Cut.Ip, Cut.Port));
            if (isCut && _cut.Connections == MostConnections)
                throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.ConnectionRefused);
            if (!isCut && _honestWaits)
                await Eventually.True(
                    () => _cut.Connections > 0 && _cut.IsIdle, "the other owner to be cut", cancellationToken: cancellation);
            var pair = (isCut ? _cut : _honest).Connect();
            return new StreamConnection(pair.Near, (IPEndPoint)to, pair.Reset);
        }
    }
}
