using System.Globalization;
using System.Text;

namespace P2PShare.Peer.Tests.Peers;

/// <summary>The replies of an honest owner of one file, for test peers that then cut or change them.</summary>
internal sealed class HonestOwner(ReadOnlyMemory<byte> content, ReadOnlyMemory<byte> layer)
{
    public ReadOnlyMemory<byte> Answer(string line)
    {
        var words = line.Split(' ');
        return words[0] switch
        {
            "PROTO_VERSION" => "VERSION_OK SWARM\n"u8.ToArray(),
            "HASHES" => Data(layer),
            "GET" => Data(content.Slice(Number(words[2]), Number(words[3]))),
            _ => throw new InvalidOperationException(line),
        };
    }

    private static ReadOnlyMemory<byte> Data(ReadOnlyMemory<byte> bytes) =>
        (byte[])[.. Encoding.ASCII.GetBytes($"DATA {bytes.Length}\n"), .. bytes.Span];

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
