using System.Buffers;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Grammar.Replies;

/// <summary>
/// The answer to PROTO_VERSION: <c>VERSION_OK</c> and the names of features, <c>VERSION_FAIL</c>, or <c>BUSY seconds</c> from a full
/// server.
/// </summary>
/// <param name="Accepted">Whether the conversation may continue.</param>
/// <param name="Features">The features that the other side named.</param>
/// <param name="BusySeconds">How long to wait before the next attempt, 1..300; 0 where the server is not full.</param>
public readonly record struct VersionReply(bool Accepted, Features Features, int BusySeconds = 0)
{
    // In the order in which VERSION_OK names them.
    private static readonly (Features Feature, byte[] Word)[] FeatureWords =
    [
        (Features.Swarm, "SWARM"u8.ToArray()),
        (Features.Search, "SEARCH"u8.ToArray()),
        (Features.Ping, "PING"u8.ToArray()),
        (Features.Resume, "RESUME"u8.ToArray()),
        (Features.Parts, "PARTS"u8.ToArray()),
        (Features.Whois, "WHOIS"u8.ToArray()),
        (Features.Pieces, "PIECES"u8.ToArray()),
        (Features.Meta, "META"u8.ToArray()),
        (Features.Tls, "TLS"u8.ToArray()),
        (Features.Members, "MEMBERS"u8.ToArray()),
        (Features.Servers, "SERVERS"u8.ToArray()),
    ];

    public static VersionReply Fail => new(false, Features.None);

    public static VersionReply Busy(int seconds) => new(false, Features.None, seconds);

    /// <summary>
    /// Any line but VERSION_FAIL and BUSY accepts, because plain servers word it differently; only a line that begins with VERSION_OK
    /// can name features. Unknown features are ignored.
    /// </summary>
    public static VersionReply Parse(ReadOnlySpan<byte> line)
    {
        var space = line.IndexOf((byte)' ');
        var first = space < 0 ? line : line[..space];
        var rest = space < 0 ? default : line[(space + 1)..];
        if (first.SequenceEqual("VERSION_FAIL"u8))
            return Fail;
        if (first.SequenceEqual("BUSY"u8) && DecimalDigits.TryParse(rest, int.MaxValue, out var seconds))
            return Busy(Math.Clamp(seconds, 1, Limits.MaxBusySeconds));
        return new VersionReply(true, first.SequenceEqual("VERSION_OK"u8) ? FeaturesNamed(rest) : Features.None);
    }

    // VERSION_OK SWARM SEARCH PING RESUME PARTS WHOIS
    // VERSION_FAIL
    // BUSY 30
    public void WriteTo(IBufferWriter<byte> output)
    {
        var line = LineWriter.Start(output);
        if (BusySeconds > 0)
            line = line.Word("BUSY"u8).Word(BusySeconds);
        else
            line = line.Word(Accepted ? "VERSION_OK"u8 : "VERSION_FAIL"u8);
        foreach (var (feature, word) in FeatureWords)
        {
            if (Features.HasFlag(feature))
                line = line.Word(word);
        }

        line.End();
    }

    private static Features FeaturesNamed(ReadOnlySpan<byte> words)
    {
        var features = Features.None;
        foreach (var range in words.Split((byte)' '))
            features |= FeatureOf(words[range]);
        return features;
    }

    private static Features FeatureOf(ReadOnlySpan<byte> name)
    {
        foreach (var (feature, word) in FeatureWords)
        {
            if (name.SequenceEqual(word))
                return feature;
        }

        return Features.None;
    }
}
