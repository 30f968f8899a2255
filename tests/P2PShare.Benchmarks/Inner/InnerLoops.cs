using System.Buffers;
using System.Net;
using BenchmarkDotNet.Attributes;
using P2PShare.Benchmarks.Load;
using P2PShare.Peer.Content;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Configuration;
using P2PShare.Server.Registry;
using P2PShare.Server.Registry.Tables;
using P2PShare.Testing;

namespace P2PShare.Benchmarks.Inner;

/// <summary>Times and allocations of the inner loops: one line, one lookup, one leaf.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class InnerLoops
{
    private const int Count = 1_000_000;
    private readonly byte[] _line = System.Text.Encoding.ASCII.GetBytes($"REQUEST {Dataset.NameOf(Count / 2)}");
    private readonly byte[] _leaf = new byte[Limits.LeafBytes];
    private readonly byte[] _piece = new byte[Limits.PieceBytes];
    private readonly byte[] _root = new byte[Limits.HashBytes];
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private readonly FoundReply _reply = new(PeerAddress.Create(IPAddress.Loopback, 9001));
    private readonly InMemoryFileRegistry _registry = new(TimeProvider.System, ServerBounds.Default);
    private FileName _name;

    [GlobalSetup]
    public void Fill()
    {
        var address = PeerAddress.Create(IPAddress.Loopback, 9001);
        for (var number = 0; number < Count; number++)
            _registry.Put(new FileEntry(number / 1000, TestName.Parse(Dataset.NameOf(number)), address, Identity: null));
        _name = TestName.Parse(Dataset.NameOf(Count / 2));
    }

    [Benchmark]
    public bool Parse_a_REQUEST()
    {
        var verb = Verbs.Split(_line, out var arguments);
        return verb == Verb.Request && Request.TryParse(arguments, out _, out _);
    }

    [Benchmark]
    public int Format_a_FOUND()
    {
        _output.ResetWrittenCount();
        _reply.WriteTo(_output);
        return _output.WrittenCount;
    }

    [Benchmark]
    public EncodedAddress? Look_up_among_a_million_names() => _registry.Choose(_name);

    [Benchmark]
    public void Hash_a_leaf() => MerkleTree.HashPiece(_leaf, isWholeFile: true, _root);

    [Benchmark]
    public void Hash_a_piece() => MerkleTree.HashPiece(_piece, isWholeFile: false, _root);
}
