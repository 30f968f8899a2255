using System.Net;
using Microsoft.Win32.SafeHandles;
using P2PShare.Peer.Content;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Fuzz.Targets;

/// <summary>
/// The peer port, which shares files and a part of one: for any input, only what is shared is sent, the session ends, and every upload
/// slot is free afterwards.
/// </summary>
internal sealed class PeerSessionTarget : IFuzzTarget, IDisposable
{
    private static readonly byte[] Secret = "this file was never announced"u8.ToArray();
    private static readonly byte[] Missing = "not here"u8.ToArray();

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly TempFolder _folder = new();
    private readonly SharedFiles _shared = new();
    private readonly LayerStore _layers;
    private readonly byte[][] _lines;
    private readonly byte[][] _watches;
    private readonly PieceLayer _partLayer;
    private readonly string _partPath;

    public PeerSessionTarget()
    {
        _layers = new LayerStore(_folder.File("layers"), Logger.None);
        _folder.Write("secret.txt", Secret);
        var small = Share("small.txt", new SeededBytes(1).Create(100));
        var large = Share("photos/large.bin", new SeededBytes(2).Create(3 * Limits.PieceBytes / 2));
        _shared.EmptyFolders.Set(NameOf("photos"), [NameOf("photos/empty")]);
        var missing = Enumerable.Repeat(Missing, Limits.PieceBytes / Missing.Length).SelectMany(bytes => bytes).ToArray();
        _partPath = _folder.Write("part", [.. new SeededBytes(5).Create(Limits.PieceBytes), .. missing, .. new byte[5]]);
        var part = Identify(_partPath);
        _partLayer = _layers.TryGet(part.Identity)!;
        var id = part.Identity.Id;
        _watches = new[]
        {
            "PROTO_VERSION 1.0", $"WATCH {id} 0 IDLE -", $"WATCH {id} 1 INTERESTED 9001", $"WATCH {id} 2 INTERESTED -",
            $"WATCH {id} 3 IDLE 65535", $"WATCH {large.Id} 0 INTERESTED -", $"WATCH {large.Id} 2 INTERESTED 9001",
            $"WATCH {new string('a', 64)} 0 IDLE -", $"GET {id} 0 4096", $"GET {id} {Limits.PieceBytes} 4096",
            $"GET {id} {2 * Limits.PieceBytes} 5", $"GET {large.Id} 0 4096", $"GET {small.Id} 0 100", $"HASHES {id} 0 3",
            $"META {id} part",
        }.Select(Mutator.Line).ToArray();
        _lines = new[]
        {
            "PROTO_VERSION 1.0", $"GET {small.Id} 0 100", $"GET {large.Id} 0 4096", $"GET {large.Id} {Limits.PieceBytes} 1000",
            $"HASHES {large.Id} 0 2",
            $"HASHES {small.Id} 0 1", $"GET {new string('a', 64)} 0 1", "secret.txt", "small.txt", "../secret.txt",
            $"META {small.Id} small.txt", $"META {large.Id} photos/large.bin", "FOLDERS photos", "FOLDERS ../photos",
        }.Select(Mutator.Line).ToArray();
    }

    public string Name => "peer session";

    public void Dispose() => _folder.Dispose();

    public async Task RunCaseAsync(Mutator mutator)
    {
        var time = new ManualTimeProvider();
        using var connection = new ScriptedConnection();
        var slots = new UploadSlots(UploadLimits.Slots, UploadLimits.SlotsPerRequester, UploadLimits.SlotPatience, time);
        var others = OthersThatHold(slots, mutator.Random);
        var part = new SharedPart(NameOf("part"), _partLayer, File.OpenHandle(_partPath));
        _shared.TryAdd(part).MustSatisfy(isAdded => isAdded, "the part of the case before is gone");
        part.Add(new PieceRange(0, 0));
        var services = new UploadServices(_shared, _layers, new GivingPeers(), slots, time, Logger.None);
        var session = EndAsync(new PeerSession(connection.Near, services));

        var exchange = connection.ExchangeAsync(mutator.Slice(mutator.Conversation(LinesOf(mutator.Random))));
        await ChangeMeanwhileAsync(part, time, mutator.Random);
        var answers = await exchange;
        await session;

        _shared.Remove(part);
        var isClosed = part.TryUse() is not { } handle || Close(part, handle);
        isClosed.MustSatisfy(closed => closed, "no upload keeps the part open after the session");
        foreach (var other in others)
            slots.Forget(other);
        Enumerable.Range(1, UploadLimits.Slots).Count(host => slots.TryAcquire(new Requester(IPAddress.Parse($"198.51.100.{host}"))))
            .MustSatisfy(free => free == UploadLimits.Slots, "every upload slot is free after the session");
        answers.AsSpan().IndexOf(Secret).MustSatisfy(place => place < 0, "a file that was not announced is not served");
        answers.AsSpan().IndexOf(Missing).MustSatisfy(place => place < 0, "a piece that has not come is not served");
    }

    // A conversation that meets no obstacle, or one without a free slot for requesters that watch.
    private static Requester[] OthersThatHold(UploadSlots slots, Random random)
    {
        var others = Enumerable.Range(1, random.Next(4))
            .Select(host => new Requester(IPAddress.Parse($"192.0.2.{host}")) { IsWatching = true }).ToArray();
        foreach (var other in others)
            _ = slots.ReserveAsync(other);
        return others;
    }

    private byte[][] LinesOf(Random random) => random.Next(4) switch
    {
        0 => [_lines[random.Next(_lines.Length)]],
        1 => _lines,
        2 => _watches,
        _ => [_watches[0], .. Enumerable.Range(0, 8).Select(_ => _watches[random.Next(1, _watches.Length)])],
    };

    // A piece comes, the clock moves, or the part is abandoned, while the session answers.
    private async Task ChangeMeanwhileAsync(SharedPart part, ManualTimeProvider time, Random random)
    {
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            await Task.Yield();
            switch (random.Next(8))
            {
                case < 5:
                    part.Add(new PieceRange(2, 2));
                    break;
                case < 7:
                    time.Advance(Step);
                    break;
                default:
                    _shared.Remove(part);
                    break;
            }
        }
    }

    private static bool Close(SharedPart part, SafeFileHandle handle)
    {
        var isClosed = false;
        part.Close(() =>
        {
            handle.Dispose();
            isClosed = true;
        });
        part.EndUse();
        return isClosed;
    }

    private static async Task EndAsync(PeerSession session)
    {
        try
        {
            await session.RunAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The listener handles these exceptions, which a broken or a silent connection causes.
        }
    }

    private FileIdentity Share(string name, byte[] content)
    {
        var path = _folder.Write("shared/" + name, content);
        var identified = Identify(path);
        _shared.Put(new SharedFile(NameOf(name), path, identified));
        return identified.Identity;
    }

    private IdentifiedFile Identify(string path)
    {
        var identifier = new ContentIdentifier(
            new IdentityCache(_folder.File("ids"), Logger.None), _layers, TimeProvider.System, Logger.None);
        return identifier.IdentifyAsync(path, null, CancellationToken.None).GetAwaiter().GetResult();
    }

    private static FileName NameOf(string name) => FileName.TryParse(name, out var parsed, out _) ? parsed : default;
}
