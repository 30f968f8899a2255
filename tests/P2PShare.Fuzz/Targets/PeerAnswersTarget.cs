using System.Net;
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
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Fuzz.Targets;

/// <summary>
/// A download whose only owner sends mutated answers, or answers in an order that no owner has: it ends, and a file with the name exists
/// only with the right content.
/// </summary>
internal sealed class PeerAnswersTarget : IFuzzTarget, IDisposable
{
    // The owner sends all its answers within this time. Afterwards only timers are pending, and the clock is moved step by step.
    private const int MillisecondsToAnswer = 5;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);

    private readonly TempFolder _folder = new();
    private readonly byte[] _content = new SeededBytes(3).Create(Limits.PieceBytes + 5);
    private readonly FileIdentity _identity;
    private readonly byte[][] _answers;
    private readonly byte[] _layer;

    public PeerAnswersTarget()
    {
        var layers = new LayerStore(_folder.File("owner"), Logger.None);
        var path = _folder.Write("content", _content);
        var identifier = new ContentIdentifier(
            new IdentityCache(_folder.File("ids"), Logger.None), layers, TimeProvider.System, Logger.None);
        _identity = identifier.IdentifyAsync(path, null, CancellationToken.None).GetAwaiter().GetResult().Identity;
        _layer = layers.TryGet(_identity)!.Hashes.ToArray();
        _answers =
        [
            Mutator.Line("VERSION_OK SWARM"), Mutator.Line($"DATA {2 * Limits.HashBytes}"), _layer,
            Mutator.Line($"DATA {Limits.PieceBytes}"), _content[..Limits.PieceBytes], Mutator.Line("DATA 5"), _content[Limits.PieceBytes..],
        ];
    }

    public string Name => "answers of a peer";

    public void Dispose() => _folder.Dispose();

    public async Task RunCaseAsync(Mutator mutator)
    {
        using var downloads = new TempFolder();
        var time = new ManualTimeProvider();
        var connections = new List<(ScriptedConnection ScriptedConnection, Task Exchange)>();
        var owners = new List<PiecesOwner>();
        var namesPieces = mutator.Random.Next(2) == 0;
        Dial dial = (_, _) =>
        {
            if (namesPieces)
            {
                owners.Add(new PiecesOwner(new Mutator(new Random(mutator.Random.Next())), _content, _layer));
                return Task.FromResult(owners[^1].Connect());
            }

            var connection = new ScriptedConnection();
            connections.Add((connection, connection.ExchangeAsync(mutator.Slice(mutator.Conversation(_answers)))));
            return Task.FromResult(connection.Near);
        };
        var layers = new LayerStore(downloads.File(".layers"), Logger.None);
        var identifier = new ContentIdentifier(new IdentityCache(downloads.File(".ids"), Logger.None), layers, time, Logger.None);
        var services = new DownloadServices(dial, identifier, layers, time, Logger.None);
        var index = new SingleOwnerIndex(_identity, isWhole: mutator.Random.Next(2) == 0);
        var downloader = new Downloader(new DownloadsFolder(downloads.Path, false), index, services, _ => false);

        var request = new FileRequest(SingleOwnerIndex.Name);
        var fetching = downloader.FetchFileAsync(request, new NullDownloadObserver(), CancellationToken.None);
        for (var milliseconds = MillisecondsToAnswer; await Task.WhenAny(fetching, Task.Delay(milliseconds)) != fetching; milliseconds = 1)
            time.Advance(Step);
        var outcome = await fetching;

        var saved = downloads.File("a");
        File.Exists(saved).MustSatisfy(exists => exists == outcome.Succeeded, "a file exists only after a successful download");
        if (outcome.Succeeded)
            File.ReadAllBytes(saved).MustSatisfy(bytes => bytes.AsSpan().SequenceEqual(_content), "the file has the right content");
        foreach (var (connection, exchange) in connections)
        {
            await connection.Near.Stream.DisposeAsync();
            await exchange;
            connection.Dispose();
        }

        foreach (var owner in owners)
        {
            owner.Dispose();
            await owner.Answering;
        }
    }

    private sealed class SingleOwnerIndex(FileIdentity identity, bool isWhole) : IOwnerIndex
    {
        public static FileName Name => FileName.TryParse("a", out var name, out _) ? name : default;

        public Features Features => Features.Swarm | Features.Parts;

        private OwnerRow Row => new(identity, PeerAddress.Create(IPAddress.Parse("192.0.2.1"), 9001), Name);

        public Task<PeerAddress?> RequestAsync(FileName name, CancellationToken cancellation) => Task.FromResult<PeerAddress?>(Row.Owner);

        public Task<IReadOnlyList<OwnerRow>> LocateAsync(FileName name, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<OwnerRow>>([Row]);

        public Task<IReadOnlyList<OwnerRow>> LocateAsync(FileId id, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<OwnerRow>>([Row]);

        public Task<IReadOnlyList<PeerRow>> LocatePeersAsync(FileId id, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<PeerRow>>([new PeerRow(isWhole, Row.Owner)]);

        public Task<IReadOnlyList<OwnerRow>> ListSharesAsync(ReadOnlyMemory<byte> prefix, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<OwnerRow>>([]);
    }

    private sealed class NullDownloadObserver : IDownloadObserver
    {
        public void Report(DownloadProgress progress)
        {
        }

        public void Notify(DownloadEvent happened)
        {
        }
    }
}
