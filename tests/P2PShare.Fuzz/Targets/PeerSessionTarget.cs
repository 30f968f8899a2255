using P2PShare.Peer.Content;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Fuzz.Targets;

/// <summary>The peer port: for any input, only shared files are sent, and the session ends.</summary>
internal sealed class PeerSessionTarget : IFuzzTarget, IDisposable
{
    private static readonly byte[] Secret = "this file was never announced"u8.ToArray();

    private readonly TempFolder _folder = new();
    private readonly SharedFiles _shared = new();
    private readonly LayerStore _layers;
    private readonly byte[][] _lines;

    public PeerSessionTarget()
    {
        _layers = new LayerStore(_folder.File("layers"), Logger.None);
        _folder.Write("secret.txt", Secret);
        var small = Share("small.txt", new SeededBytes(1).Create(100));
        var large = Share("photos/large.bin", new SeededBytes(2).Create(3 * Limits.PieceBytes / 2));
        _lines = new[]
        {
            "PROTO_VERSION 1.0", $"GET {small.Id} 0 100", $"GET {large.Id} 0 4096", $"GET {large.Id} {Limits.PieceBytes} 1000",
            $"HASHES {large.Id} 0 2",
            $"HASHES {small.Id} 0 1", $"GET {new string('a', 64)} 0 1", "secret.txt", "small.txt", "../secret.txt",
        }.Select(Mutator.Line).ToArray();
    }

    public string Name => "peer session";

    public void Dispose() => _folder.Dispose();

    public async Task RunCaseAsync(Mutator mutator)
    {
        var time = new ManualTimeProvider();
        using var connection = new ScriptedConnection();
        var slots = new UploadSlots(UploadLimits.Slots, UploadLimits.SlotsPerRequester, UploadLimits.SlotPatience, time);
        var session = EndAsync(new PeerSession(
            connection.Near, new UploadServices(_shared, _layers, new GivingPeers(), slots, time, Logger.None)));

        var lines = mutator.Random.Next(4) == 0 ? [_lines[mutator.Random.Next(_lines.Length)]] : _lines;
        var answers = await connection.ExchangeAsync(mutator.Slice(mutator.Conversation(lines)));
        await session;

        answers.AsSpan().IndexOf(Secret).MustSatisfy(place => place < 0, "a file that was not announced is not served");
    }

    private static async Task EndAsync(PeerSession session)
    {
        try
        {
            await session.RunAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            // The listener handles this exception, which a broken connection causes.
        }
    }

    private FileIdentity Share(string name, byte[] content)
    {
        var path = _folder.Write("shared/" + name, content);
        var identifier = new ContentIdentifier(
            new IdentityCache(_folder.File("ids"), Logger.None), _layers, TimeProvider.System, Logger.None);
        var identified = identifier.IdentifyAsync(path, null, CancellationToken.None).GetAwaiter().GetResult();
        _shared.Put(new SharedFile(FileName.TryParse(name, out var parsed, out _) ? parsed : default, path, identified));
        return identified.Identity;
    }
}
