using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Grammar.Replies;

/// <summary>A row of SERVERS: <c>SERVER address key</c>; <c>-</c> stands for the key of a server that does not encrypt.</summary>
public sealed record ServerRow(HostAndPort Server, KeyFingerprint? Key)
{
    public static bool TryParse(ReadOnlyMemory<byte> line, [NotNullWhen(true)] out ServerRow? row)
    {
        row = null;
        KeyFingerprint? key = null;
        if (!Words.TryTakeFirst(line, out var kind, out var rest)
            || !kind.SequenceEqual("SERVER"u8)
            || !Words.TryTakeFirst(rest, out var address, out rest)
            || !HostAndPort.TryParse(address, out var server)
            || (!rest.Span.SequenceEqual("-"u8) && !KeyFingerprint.TryParse(rest.Span, out key)))
            return false;
        row = new ServerRow(server, key);
        return true;
    }

    // SERVER 192.0.2.1:8080 8f3a...c1
    // SERVER example.org:8080 -
    public void WriteTo(IBufferWriter<byte> output) =>
        LineWriter.Start(output).Word("SERVER"u8).Text(Server.ToString()).Text(Key?.ToString() ?? "-").End();
}
